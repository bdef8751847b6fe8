-- The alias of an UNPIVOT stands for its columns.
-- dialect: snowflake
CREATE TABLE sales (item INT, jan INT, feb INT);
CREATE VIEW v AS SELECT u.item, u.amount * 2 AS double FROM sales UNPIVOT (amount FOR month IN (jan, feb)) AS u;
-- edges:
--   SALES.FEB -> V.* INDIRECT FILTER
--   SALES.JAN -> V.* INDIRECT FILTER
--   SALES.FEB -> V.DOUBLE DIRECT TRANSFORMATION
--   SALES.JAN -> V.DOUBLE DIRECT TRANSFORMATION
--   SALES.ITEM -> V.ITEM DIRECT IDENTITY
