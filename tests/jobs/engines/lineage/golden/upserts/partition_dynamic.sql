-- A partition without a value is filled by the last columns of the query.
-- dialect: spark
CREATE TABLE sales (item INT, amount INT, day STRING);
INSERT INTO TABLE sales PARTITION (day) SELECT article, qty, day FROM delivery;
-- edges:
--   delivery.qty -> sales.amount DIRECT IDENTITY
--   delivery.day -> sales.day DIRECT IDENTITY
--   delivery.article -> sales.item DIRECT IDENTITY
