-- RETURN QUERY EXECUTE of a literal gives its rows.
-- dialect: postgres
CREATE FUNCTION f() RETURNS TABLE (x int) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE 'SELECT a FROM t';
END $$;
-- edges:
--   t.a -> f.x DIRECT IDENTITY
