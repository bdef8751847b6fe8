-- A partition that the statement states is filled by no column of the query.
-- dialect: spark
CREATE TABLE sales (item INT, amount INT, day STRING);
INSERT OVERWRITE TABLE sales PARTITION (day = '2024-01-01') SELECT article, qty FROM delivery;
-- edges:
--   delivery.qty -> sales.amount DIRECT IDENTITY
--   delivery.article -> sales.item DIRECT IDENTITY
