-- RETURNING … INTO gives a variable what was inserted.
-- dialect: oracle
CREATE PROCEDURE p AS
  v NUMBER;
BEGIN
  INSERT INTO u (z) VALUES (3) RETURNING id INTO v;
  INSERT INTO log (id) VALUES (v);
END;
/
-- edges:
--   P.* -> LOG.* INDIRECT DEPENDENCY
--   U.ID -> LOG.ID DIRECT IDENTITY
--   P.* -> U.* INDIRECT DEPENDENCY
