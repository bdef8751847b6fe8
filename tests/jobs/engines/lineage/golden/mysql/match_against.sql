-- MATCH … AGAINST takes the columns that it searches.
-- dialect: mysql
CREATE TABLE t (a text, b text, c int);
CREATE VIEW v AS SELECT c, MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE) AS score FROM t WHERE MATCH (a) AGAINST ('y');
-- edges:
--   t.a -> v.* INDIRECT FILTER
--   t.c -> v.c DIRECT IDENTITY
--   t.a -> v.score DIRECT TRANSFORMATION
--   t.b -> v.score DIRECT TRANSFORMATION
