-- UPSERT behind a SELECT needs WHERE true; excluded is the row that was not inserted.
-- dialect: sqlite
CREATE TABLE t (a INTEGER PRIMARY KEY, b);
CREATE TABLE s (x, y);
INSERT INTO t (a, b) SELECT x, y FROM s WHERE true ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE excluded.b > t.b;
-- edges:
--   s.x -> t.* INDIRECT JOIN
--   s.y -> t.* INDIRECT FILTER
--   t.a -> t.* INDIRECT JOIN
--   t.b -> t.* INDIRECT FILTER
--   s.x -> t.a DIRECT IDENTITY
--   s.y -> t.b DIRECT IDENTITY
