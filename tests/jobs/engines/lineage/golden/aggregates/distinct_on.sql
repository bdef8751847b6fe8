-- DISTINCT ON keeps the first row of each group, so that its order decides.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT DISTINCT ON (customer_id) id, price FROM raw.orders ORDER BY customer_id, qty DESC;
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.customer_id -> mart.o.* INDIRECT SORT
--   raw.orders.qty -> mart.o.* INDIRECT SORT
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.price -> mart.o.price DIRECT IDENTITY
