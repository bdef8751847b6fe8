-- An INSERT from a union has both of its sources.
-- dialect: mysql
INSERT INTO t (a) SELECT x FROM u UNION ALL SELECT y FROM w;
-- edges:
--   u.x -> t.a DIRECT IDENTITY
--   w.y -> t.a DIRECT IDENTITY
