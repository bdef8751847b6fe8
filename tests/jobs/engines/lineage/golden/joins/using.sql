-- USING merges columns: a left join shows the left one, a full join either.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.a AS SELECT id, name FROM raw.orders LEFT JOIN raw.customers USING (id);
CREATE VIEW mart.b AS SELECT id FROM raw.orders FULL JOIN raw.customers USING (id);
CREATE VIEW mart.c AS SELECT id FROM raw.orders RIGHT JOIN raw.customers USING (id);
CREATE VIEW mart.d AS SELECT * FROM raw.orders JOIN raw.customers USING (id);
-- edges:
--   raw.customers.id -> mart.a.* INDIRECT JOIN
--   raw.orders.id -> mart.a.* INDIRECT JOIN
--   raw.orders.id -> mart.a.id DIRECT IDENTITY
--   raw.customers.name -> mart.a.name DIRECT IDENTITY
--   raw.customers.id -> mart.b.* INDIRECT JOIN
--   raw.orders.id -> mart.b.* INDIRECT JOIN
--   raw.customers.id -> mart.b.id DIRECT IDENTITY
--   raw.orders.id -> mart.b.id DIRECT IDENTITY
--   raw.customers.id -> mart.c.* INDIRECT JOIN
--   raw.orders.id -> mart.c.* INDIRECT JOIN
--   raw.customers.id -> mart.c.id DIRECT IDENTITY
--   raw.customers.id -> mart.d.* INDIRECT JOIN
--   raw.orders.id -> mart.d.* INDIRECT JOIN
--   raw.customers.city -> mart.d.city DIRECT IDENTITY
--   raw.orders.customer_id -> mart.d.customer_id DIRECT IDENTITY
--   raw.customers.email -> mart.d.email DIRECT IDENTITY
--   raw.orders.id -> mart.d.id DIRECT IDENTITY
--   raw.customers.name -> mart.d.name DIRECT IDENTITY
--   raw.orders.price -> mart.d.price DIRECT IDENTITY
--   raw.orders.qty -> mart.d.qty DIRECT IDENTITY
--   raw.orders.status -> mart.d.status DIRECT IDENTITY
