-- A variable may hold a whole row.
-- dialect: postgres
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
DECLARE r t%ROWTYPE;
BEGIN
  SELECT * INTO r FROM t;
  INSERT INTO u (p) VALUES (r.a);
END $$;
-- edges:
--   t.* -> f.* INDIRECT DEPENDENCY
--   f.* -> u.* INDIRECT DEPENDENCY
--   t.a -> u.p DIRECT IDENTITY
