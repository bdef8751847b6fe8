-- With ALL ROWS PER MATCH the columns of the source come out, too.
-- dialect: trino
CREATE TABLE prices (stock INT, day INT, price INT);
CREATE VIEW v AS SELECT * FROM prices MATCH_RECOGNIZE (PARTITION BY stock ORDER BY day MEASURES MATCH_NUMBER() AS n, FIRST(a.price) AS first ALL ROWS PER MATCH PATTERN (a b*) DEFINE b AS b.price > 10);
-- edges:
--   prices.day -> v.* INDIRECT SORT
--   prices.price -> v.* INDIRECT FILTER
--   prices.stock -> v.* INDIRECT GROUP_BY
--   prices.day -> v.day DIRECT IDENTITY
--   prices.price -> v.first DIRECT AGGREGATION
--   prices.price -> v.price DIRECT IDENTITY
--   prices.stock -> v.stock DIRECT IDENTITY
