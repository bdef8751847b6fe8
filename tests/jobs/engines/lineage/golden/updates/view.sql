-- A change of a view is a change of the view: nobody looks behind it here.
-- dialect: duckdb
CREATE TABLE stock (item int, price int);
CREATE VIEW cheap AS SELECT item, price FROM stock WHERE price < 5;
UPDATE cheap SET price = item;
-- edges:
--   stock.price -> cheap.* INDIRECT FILTER
--   stock.item -> cheap.item DIRECT IDENTITY
--   cheap.item -> cheap.price DIRECT IDENTITY
--   stock.price -> cheap.price DIRECT IDENTITY
