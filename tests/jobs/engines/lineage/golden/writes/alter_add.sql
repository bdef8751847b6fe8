-- ALTER TABLE ADD adds a column; a constraint adds nothing.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
ALTER TABLE raw.orders ADD COLUMN tax int;
ALTER TABLE raw.orders ADD CONSTRAINT k PRIMARY KEY (id);
CREATE VIEW mart.x AS SELECT tax FROM raw.orders;
-- edges:
--   raw.orders.tax -> mart.x.tax DIRECT IDENTITY
