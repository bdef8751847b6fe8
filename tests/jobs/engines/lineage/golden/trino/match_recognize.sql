-- MATCH_RECOGNIZE gives its partitions and its measures.
-- dialect: trino
CREATE TABLE ticks (symbol varchar, at timestamp, price double);
CREATE VIEW v AS SELECT * FROM ticks MATCH_RECOGNIZE (PARTITION BY symbol ORDER BY at MEASURES A.price AS first_price, LAST(B.price) AS low ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A B+) DEFINE B AS price < PREV(price));
-- edges:
--   ticks.at -> v.* INDIRECT SORT
--   ticks.price -> v.* INDIRECT FILTER
--   ticks.symbol -> v.* INDIRECT GROUP_BY
--   ticks.price -> v.first_price DIRECT IDENTITY
--   ticks.price -> v.low DIRECT AGGREGATION
--   ticks.symbol -> v.symbol DIRECT IDENTITY
