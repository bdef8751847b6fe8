-- Columns on the right of SET are values; those in WHERE decide which rows are changed.
-- dialect: postgres
CREATE TABLE shop.orders (id int, price int, qty int, total int, status text);
UPDATE shop.orders SET total = price * qty WHERE status = 'open';
-- edges:
--   shop.orders.status -> shop.orders.* INDIRECT FILTER
--   shop.orders.price -> shop.orders.total DIRECT TRANSFORMATION
--   shop.orders.qty -> shop.orders.total DIRECT TRANSFORMATION
