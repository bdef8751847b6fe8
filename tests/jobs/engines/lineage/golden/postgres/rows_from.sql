-- ROWS FROM puts functions side by side.
-- dialect: postgres
CREATE TABLE t (a int[], b text[]);
CREATE VIEW v AS SELECT x, y, n FROM t, ROWS FROM (unnest(a), unnest(b)) WITH ORDINALITY AS r (x, y, n);
-- edges:
--   t.a -> v.* INDIRECT JOIN
--   t.b -> v.* INDIRECT JOIN
--   t.a -> v.n DIRECT TRANSFORMATION
--   t.b -> v.n DIRECT TRANSFORMATION
--   t.a -> v.x DIRECT TRANSFORMATION
--   t.b -> v.y DIRECT TRANSFORMATION
