-- MATCH_RECOGNIZE gives its measures; partitions group, the order sorts, definitions filter.
-- dialect: snowflake
CREATE VIEW v AS SELECT m.stock, m.bottom FROM prices MATCH_RECOGNIZE (PARTITION BY stock ORDER BY day MEASURES LAST(down.price) AS bottom ONE ROW PER MATCH PATTERN (start down+) DEFINE down AS down.price < LAG(down.price)) AS m;
-- edges:
--   PRICES.DAY -> V.* INDIRECT SORT
--   PRICES.PRICE -> V.* INDIRECT FILTER
--   PRICES.STOCK -> V.* INDIRECT GROUP_BY
--   PRICES.PRICE -> V.BOTTOM DIRECT AGGREGATION
--   PRICES.STOCK -> V.STOCK DIRECT IDENTITY
