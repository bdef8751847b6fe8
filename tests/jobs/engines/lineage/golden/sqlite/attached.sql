-- An attached database is a schema.
-- dialect: sqlite
CREATE VIEW v AS SELECT a FROM other.t;
-- edges:
--   other.t.a -> v.a DIRECT IDENTITY
