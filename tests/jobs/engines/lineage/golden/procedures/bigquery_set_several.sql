-- SET takes several values of one query.
-- dialect: bigquery
DECLARE x, y INT64;
SET (x, y) = (SELECT AS STRUCT a, b FROM d.t);
INSERT INTO d.u (p) VALUES (x);
-- edges:
--   d.t.a -> d.u.p DIRECT IDENTITY
