-- EXECUTE … INTO takes the value of SQL in a literal.
-- dialect: postgres
CREATE PROCEDURE p() LANGUAGE plpgsql AS $$
DECLARE x int;
BEGIN
  EXECUTE 'SELECT max(a) FROM t' INTO x;
  INSERT INTO u (p) VALUES (x);
END $$;
-- edges:
--   t.* -> p.* INDIRECT DEPENDENCY
--   p.* -> u.* INDIRECT DEPENDENCY
--   t.a -> u.p DIRECT AGGREGATION
