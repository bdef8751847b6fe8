-- A trigger of MySQL sees NEW and OLD.
-- dialect: mysql
CREATE TRIGGER r AFTER UPDATE ON t FOR EACH ROW INSERT INTO log (was, is_now) VALUES (OLD.a, NEW.a);
-- edges:
--   t.a -> log.is_now DIRECT IDENTITY
--   t.a -> log.was DIRECT IDENTITY
