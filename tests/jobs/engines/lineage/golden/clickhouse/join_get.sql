-- joinGet gives a column of a table that is kept for joins.
-- dialect: clickhouse
CREATE TABLE t (a Int32) ENGINE = Memory;
CREATE VIEW v AS SELECT joinGet('shop.prices', 'price', a) AS price FROM t;
-- edges:
--   shop.prices.price -> v.price DIRECT IDENTITY
--   t.a -> v.price INDIRECT CONDITIONAL
