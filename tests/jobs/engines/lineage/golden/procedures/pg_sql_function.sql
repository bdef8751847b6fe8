-- The columns of a function in SQL come from its query.
-- dialect: postgres
CREATE TABLE t (a int, b int);
CREATE FUNCTION f(k int) RETURNS TABLE (x int, y int) LANGUAGE sql AS $$ SELECT a, b FROM t WHERE t.a > k $$;
CREATE VIEW v AS SELECT x FROM f(1);
-- edges:
--   t.a -> f.* INDIRECT FILTER
--   t.a -> f.x DIRECT IDENTITY
--   t.b -> f.y DIRECT IDENTITY
--   f.x -> v.x DIRECT IDENTITY
