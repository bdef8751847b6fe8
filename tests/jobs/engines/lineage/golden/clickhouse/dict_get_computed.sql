-- A dictionary whose name is computed is listed.
-- dialect: clickhouse
CREATE TABLE orders (id Int32, k UInt64) ENGINE = MergeTree ORDER BY id;
CREATE VIEW v AS SELECT id, dictGet(concat('geo.', 'cities'), 'name', k) AS city FROM orders;
-- edges:
--   orders.k -> v.city INDIRECT CONDITIONAL
--   orders.id -> v.id DIRECT IDENTITY
-- unresolved:
--   DYNAMIC_SQL line 4: what dictGet(…) reads is known only when it runs
