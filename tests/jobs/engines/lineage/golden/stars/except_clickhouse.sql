-- EXCEPT and REPLACE of a star work without parentheses, too.
-- dialect: clickhouse
CREATE TABLE t (a Int, b Int, c Int);
CREATE VIEW v AS SELECT * EXCEPT (a) REPLACE (b + c AS b) FROM t;
-- edges:
--   t.b -> v.b DIRECT TRANSFORMATION
--   t.c -> v.b DIRECT TRANSFORMATION
--   t.c -> v.c DIRECT IDENTITY
