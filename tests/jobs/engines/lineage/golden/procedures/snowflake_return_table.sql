-- RETURN TABLE may hold its query; REPEAT and CASE are blocks.
-- dialect: snowflake
CREATE PROCEDURE p() RETURNS TABLE (x INT) LANGUAGE SQL AS $$
BEGIN
  LET i := 0;
  REPEAT
    i := i + 1;
  UNTIL (i > 3)
  END REPEAT;
  CASE (i) WHEN 3 THEN
    INSERT INTO u (z) SELECT a FROM t;
  END CASE;
  RETURN TABLE(SELECT b FROM t);
END $$;
-- edges:
--   T.B -> P.X DIRECT IDENTITY
--   T.A -> U.Z DIRECT IDENTITY
