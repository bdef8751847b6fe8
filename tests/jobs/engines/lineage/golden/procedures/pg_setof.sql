-- A function may give rows of a table's type.
-- dialect: postgres
CREATE TABLE t (a int, b int);
CREATE FUNCTION f() RETURNS SETOF t LANGUAGE plpgsql AS $$
DECLARE r t%ROWTYPE;
BEGIN
  FOR r IN SELECT * FROM t LOOP
    RETURN NEXT r;
  END LOOP;
END $$;
CREATE VIEW v AS SELECT x.a FROM f() AS x;
-- edges:
--   t.a -> f.a DIRECT IDENTITY
--   t.b -> f.b DIRECT IDENTITY
--   f.a -> v.a DIRECT IDENTITY
