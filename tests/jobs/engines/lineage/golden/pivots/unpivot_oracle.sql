-- Oracle names the rows behind AS.
-- dialect: oracle
CREATE TABLE sales (item INT, jan INT, feb INT);
CREATE VIEW v AS SELECT item, month, amount FROM sales UNPIVOT (amount FOR month IN (jan AS '01', feb AS '02'));
-- edges:
--   SALES.FEB -> V.* INDIRECT FILTER
--   SALES.JAN -> V.* INDIRECT FILTER
--   SALES.FEB -> V.AMOUNT DIRECT IDENTITY
--   SALES.JAN -> V.AMOUNT DIRECT IDENTITY
--   SALES.ITEM -> V.ITEM DIRECT IDENTITY
