-- OPEN gives a cursor its query.
-- dialect: postgres
CREATE PROCEDURE p() LANGUAGE plpgsql AS $$
DECLARE c refcursor; x int;
BEGIN
  OPEN c FOR SELECT a FROM t;
  LOOP
    FETCH c INTO x;
    EXIT WHEN NOT FOUND;
    INSERT INTO u (p) VALUES (x);
  END LOOP;
END $$;
-- edges:
--   t.* -> p.* INDIRECT DEPENDENCY
--   p.* -> u.* INDIRECT DEPENDENCY
--   t.a -> u.p DIRECT IDENTITY
