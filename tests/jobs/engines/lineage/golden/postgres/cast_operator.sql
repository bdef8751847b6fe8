-- An operator of the database is one of its two sides.
-- dialect: postgres
CREATE VIEW v AS SELECT a @> b AS contains, c ~* 'x' AS fits, d::regclass AS r FROM t;
-- edges:
--   t.a -> v.contains DIRECT TRANSFORMATION
--   t.b -> v.contains DIRECT TRANSFORMATION
--   t.c -> v.fits DIRECT TRANSFORMATION
--   t.d -> v.r DIRECT TRANSFORMATION
