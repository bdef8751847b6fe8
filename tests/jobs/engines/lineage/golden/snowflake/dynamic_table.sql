-- A dynamic table is a table with a query.
-- dialect: snowflake
CREATE DYNAMIC TABLE d TARGET_LAG = '1 minute' WAREHOUSE = w AS SELECT a, b FROM t WHERE c = 1;
-- edges:
--   T.C -> D.* INDIRECT FILTER
--   T.A -> D.A DIRECT IDENTITY
--   T.B -> D.B DIRECT IDENTITY
