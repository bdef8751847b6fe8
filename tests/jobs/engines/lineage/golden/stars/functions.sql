-- A star over a function stays open, unless its columns are certain; named columns come from its arguments.
-- dialect: duckdb
CREATE TABLE t (a int, doc varchar, n int);
CREATE VIEW closed AS SELECT * FROM t, range(t.n) AS r;
CREATE VIEW named AS SELECT e.key, e.value FROM t, json_each(t.doc) AS e;
CREATE VIEW open AS SELECT t.a, e.* FROM t, json_each(t.doc) AS e;
CREATE VIEW through AS SELECT d.key, d.* FROM (SELECT * FROM json_each('{"x": 1}')) AS d;
CREATE VIEW aliased AS SELECT * FROM json_each('[1]') AS e(k, v);
CREATE VIEW owned AS SELECT f.x, f.* FROM t, orders_of(t.a) AS f;
-- edges:
--   t.n -> closed.* INDIRECT JOIN
--   t.a -> closed.a DIRECT IDENTITY
--   t.doc -> closed.doc DIRECT IDENTITY
--   t.n -> closed.n DIRECT IDENTITY
--   t.n -> closed.r DIRECT TRANSFORMATION
--   t.doc -> named.* INDIRECT JOIN
--   t.doc -> named.key DIRECT TRANSFORMATION
--   t.doc -> named.value DIRECT TRANSFORMATION
--   t.doc -> open.* INDIRECT JOIN
--   t.doc -> open.* DIRECT TRANSFORMATION
--   t.a -> open.a DIRECT IDENTITY
--   orders_of.* -> owned.* DIRECT IDENTITY
--   t.a -> owned.* INDIRECT JOIN
--   t.a -> owned.* DIRECT TRANSFORMATION
--   orders_of.x -> owned.x DIRECT IDENTITY
--   t.a -> owned.x DIRECT TRANSFORMATION
-- unresolved:
--   UNKNOWN_COLUMNS line 6: the columns of json_each(…) are unknown, so this star stays open
--   UNKNOWN_COLUMNS line 7: the columns of json_each(…) are unknown, so this star stays open
--   UNKNOWN_COLUMNS line 9: the columns of orders_of are unknown, so this star stays open
