-- What a trigger sets in the new row reaches its table.
-- dialect: postgres
CREATE TABLE t (a int, b int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.b := NEW.a * 2;
  RETURN NEW;
END $$;
CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- edges:
--   t.a -> t.b DIRECT TRANSFORMATION
