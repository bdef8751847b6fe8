-- RETURN TABLE gives the rows of a result set.
-- dialect: snowflake
CREATE TABLE t (a INT, b INT);
CREATE PROCEDURE p() RETURNS TABLE (x INT, y INT) LANGUAGE SQL AS $$
DECLARE r RESULTSET DEFAULT (SELECT a, b FROM t);
BEGIN
  RETURN TABLE(r);
END $$;
-- edges:
--   T.A -> P.X DIRECT IDENTITY
--   T.B -> P.Y DIRECT IDENTITY
