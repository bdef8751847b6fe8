-- CREATE TABLE LIKE has the columns of its model.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.copy (LIKE raw.orders);
CREATE VIEW mart.x AS SELECT price FROM raw.copy;
-- edges:
--   raw.copy.price -> mart.x.price DIRECT IDENTITY
