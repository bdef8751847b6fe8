-- DELIMITER changes what ends a statement.
-- dialect: mysql
DELIMITER //
CREATE PROCEDURE p()
BEGIN
  INSERT INTO u (z) SELECT a FROM t;
END //
DELIMITER ;
INSERT INTO u (y) SELECT b FROM t;
-- edges:
--   t.* -> p.* INDIRECT DEPENDENCY
--   p.* -> u.* INDIRECT DEPENDENCY
--   t.b -> u.y DIRECT IDENTITY
--   t.a -> u.z DIRECT IDENTITY
