-- A prepared statement of constants is read.
-- dialect: mysql
CREATE PROCEDURE p()
BEGIN
  SET @s = 'INSERT INTO u (z) SELECT a FROM t';
  PREPARE x FROM @s;
  EXECUTE x;
END;
-- edges:
--   t.* -> p.* INDIRECT DEPENDENCY
--   p.* -> u.* INDIRECT DEPENDENCY
--   t.a -> u.z DIRECT IDENTITY
