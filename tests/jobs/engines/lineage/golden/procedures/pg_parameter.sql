-- A parameter is no column where a table has none of its name.
-- dialect: postgres
CREATE TABLE t (a int, k int);
CREATE FUNCTION f(wanted int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO u (p) SELECT a FROM t WHERE k = wanted;
END $$;
-- edges:
--   t.* -> f.* INDIRECT DEPENDENCY
--   f.* -> u.* INDIRECT DEPENDENCY
--   t.k -> u.* INDIRECT FILTER
--   t.a -> u.p DIRECT IDENTITY
