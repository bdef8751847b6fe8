-- EXECUTE IMMEDIATE of a block runs its statements.
-- dialect: snowflake
EXECUTE IMMEDIATE $$
DECLARE m INT;
BEGIN
  SELECT MAX(a) INTO :m FROM t;
  INSERT INTO u (z) VALUES (:m);
END $$;
-- edges:
--   T.A -> U.Z DIRECT AGGREGATION
