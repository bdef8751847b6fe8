-- An ASOF join depends on both of its conditions.
-- dialect: duckdb
CREATE VIEW v AS SELECT t.a, p.price FROM t ASOF JOIN p ON t.item = p.item AND t.day >= p.day;
-- edges:
--   p.day -> v.* INDIRECT JOIN
--   p.item -> v.* INDIRECT JOIN
--   t.day -> v.* INDIRECT JOIN
--   t.item -> v.* INDIRECT JOIN
--   t.a -> v.a DIRECT IDENTITY
--   p.price -> v.price DIRECT IDENTITY
