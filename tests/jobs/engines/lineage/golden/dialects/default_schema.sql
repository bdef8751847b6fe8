-- A bare name gets the default schema.
-- dialect: duckdb
-- default_schema: raw
CREATE TABLE raw.t (a int);
CREATE VIEW v AS SELECT a FROM t;
-- edges:
--   raw.t.a -> raw.v.a DIRECT IDENTITY
