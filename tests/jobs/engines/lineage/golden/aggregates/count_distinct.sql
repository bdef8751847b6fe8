-- DISTINCT inside of an aggregate changes no role.
-- dialect: postgres
CREATE VIEW v AS SELECT COUNT(DISTINCT a) AS n, COUNT(DISTINCT b || c) AS m FROM t;
-- edges:
--   t.b -> v.m DIRECT AGGREGATION
--   t.c -> v.m DIRECT AGGREGATION
--   t.a -> v.n DIRECT AGGREGATION
