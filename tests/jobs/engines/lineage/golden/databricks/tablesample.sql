-- TABLESAMPLE takes some of the rows without looking at them.
-- dialect: databricks
CREATE VIEW v AS SELECT a FROM t TABLESAMPLE (10 PERCENT);
-- edges:
--   t.a -> v.a DIRECT IDENTITY
