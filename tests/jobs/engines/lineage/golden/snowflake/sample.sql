-- SAMPLE takes some of the rows without looking at them.
-- dialect: snowflake
CREATE VIEW v AS SELECT a FROM t SAMPLE (10);
-- edges:
--   T.A -> V.A DIRECT IDENTITY
