-- CHANGES, AT and BEFORE read the same table.
-- dialect: snowflake
CREATE VIEW v AS SELECT a FROM t CHANGES (INFORMATION => DEFAULT) AT (TIMESTAMP => '2024-01-01'::timestamp);
CREATE TABLE x AS SELECT a FROM t BEFORE (STATEMENT => '8e5d0ca9');
-- edges:
--   T.A -> V.A DIRECT IDENTITY
--   T.A -> X.A DIRECT IDENTITY
