-- Three parts name a database, a schema and a table.
-- dialect: redshift
CREATE VIEW v AS SELECT a FROM dev.shop.t WITH NO SCHEMA BINDING;
-- edges:
--   dev.shop.t.a -> v.a DIRECT IDENTITY
