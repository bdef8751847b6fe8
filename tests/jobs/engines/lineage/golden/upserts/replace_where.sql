-- REPLACE WHERE says which rows go first.
-- dialect: databricks
CREATE TABLE sales (item INT, day INT);
INSERT INTO sales REPLACE WHERE day > 5 SELECT article, day FROM delivery;
-- edges:
--   delivery.day -> sales.day DIRECT IDENTITY
--   delivery.article -> sales.item DIRECT IDENTITY
