-- A field of a row is part of its column.
-- dialect: trino
CREATE TABLE t (r ROW(a INT, b INT));
CREATE VIEW v AS SELECT r.a AS x, t.r.b AS y FROM t;
-- edges:
--   t.r -> v.x DIRECT TRANSFORMATION
--   t.r -> v.y DIRECT TRANSFORMATION
