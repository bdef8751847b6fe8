-- CALL connects procedures, and passes values.
-- dialect: postgres
CREATE PROCEDURE q(v int) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO u (p) VALUES (v); END $$;
CREATE PROCEDURE p() LANGUAGE plpgsql AS $$
DECLARE x int;
BEGIN
  SELECT a INTO x FROM t;
  CALL q(x);
END $$;
-- edges:
--   q.* -> p.* INDIRECT DEPENDENCY
--   t.* -> p.* INDIRECT DEPENDENCY
--   q.* -> u.* INDIRECT DEPENDENCY
--   t.a -> u.p DIRECT IDENTITY
