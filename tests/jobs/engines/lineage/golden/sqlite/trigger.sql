-- A trigger is a block without FOR EACH ROW; new and old are rows of its table.
-- dialect: sqlite
CREATE TABLE t (a, b);
CREATE TABLE log (x, y);
CREATE TRIGGER keep AFTER UPDATE OF a ON t BEGIN INSERT INTO log (x, y) VALUES (old.a, new.b); END;
-- edges:
--   t.a -> log.x DIRECT IDENTITY
--   t.b -> log.y DIRECT IDENTITY
