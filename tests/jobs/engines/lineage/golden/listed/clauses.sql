-- Clauses that write in ways not explained are listed.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
INSERT INTO mart.x (a) SELECT id FROM raw.orders ON CONFLICT (a) DO UPDATE SET a = 1;
INSERT INTO mart.x (a) SELECT id FROM raw.orders RETURNING a;
WITH d AS (DELETE FROM raw.orders RETURNING id) INSERT INTO mart.x (a) SELECT id FROM d;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: INSERT … ON CONFLICT is not explained; it names mart.x, raw.orders
--   NOT_SUPPORTED line 5: INSERT … RETURNING is not explained; it names mart.x, raw.orders
--   NOT_SUPPORTED line 6: DELETE is not explained yet; it names raw.orders, mart.x, d
