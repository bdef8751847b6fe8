-- Handlers are done or not, and may be blocks.
-- dialect: mysql
CREATE PROCEDURE p(OUT n INT) READS SQL DATA SQL SECURITY INVOKER
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    INSERT INTO log (m) SELECT a FROM t;
  END;
  SET n = (SELECT COUNT(b) FROM t), @k = 3;
  INSERT INTO u (z) VALUES (n);
END;
-- edges:
--   p.* -> log.* INDIRECT DEPENDENCY
--   t.a -> log.m DIRECT IDENTITY
--   t.* -> p.* INDIRECT DEPENDENCY
--   p.* -> u.* INDIRECT DEPENDENCY
--   t.b -> u.z DIRECT AGGREGATION
