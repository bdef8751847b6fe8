-- An attached database is the first part of a name.
-- dialect: duckdb
CREATE VIEW v AS SELECT a FROM db.main.t;
-- edges:
--   db.main.t.a -> v.a DIRECT IDENTITY
