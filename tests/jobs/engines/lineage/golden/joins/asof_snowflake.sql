-- MATCH_CONDITION of an ASOF join is a condition of the join.
-- dialect: snowflake
CREATE VIEW v AS SELECT t.a, p.price FROM t ASOF JOIN p MATCH_CONDITION (t.day >= p.day) ON t.item = p.item;
-- edges:
--   P.DAY -> V.* INDIRECT JOIN
--   P.ITEM -> V.* INDIRECT JOIN
--   T.DAY -> V.* INDIRECT JOIN
--   T.ITEM -> V.* INDIRECT JOIN
--   T.A -> V.A DIRECT IDENTITY
--   P.PRICE -> V.PRICE DIRECT IDENTITY
