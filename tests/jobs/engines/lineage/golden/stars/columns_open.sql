-- COLUMNS over unknown columns stays open, with a note that it is some of them.
-- dialect: duckdb
CREATE VIEW v AS SELECT COLUMNS('a.*') FROM t;
-- edges:
--   t.* -> v.* DIRECT IDENTITY (some of them)
-- unresolved:
--   UNKNOWN_COLUMNS line 3: the columns of t are unknown, so this star stays open
