-- $1 of a table or of VALUES is not bound, and listed.
-- dialect: snowflake
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT $2 AS y FROM t;
-- edges:
--   T.* -> V.* INDIRECT JOIN
-- unresolved:
--   UNBOUND_COLUMN line 4: $2 fits no source in reach
