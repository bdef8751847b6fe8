-- SELECT INTO sets variables of PL/pgSQL, and makes no table.
-- dialect: postgres
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
DECLARE x int; y int;
BEGIN
  SELECT a, b INTO x, y FROM t WHERE c = 1;
  INSERT INTO u (p, q) VALUES (y, x);
END $$;
-- edges:
--   t.* -> f.* INDIRECT DEPENDENCY
--   f.* -> u.* INDIRECT DEPENDENCY
--   t.c -> u.* INDIRECT FILTER
--   t.b -> u.p DIRECT IDENTITY
--   t.a -> u.q DIRECT IDENTITY
