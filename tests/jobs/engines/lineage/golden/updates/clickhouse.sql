-- A mutation of ClickHouse is an UPDATE in other words.
-- dialect: clickhouse
ALTER TABLE shop.stock UPDATE price = list_price * 2 WHERE item > 5;
-- edges:
--   shop.stock.item -> shop.stock.* INDIRECT FILTER
--   shop.stock.list_price -> shop.stock.price DIRECT TRANSFORMATION
