-- An anonymous block is followed like a procedure.
-- dialect: oracle
DECLARE
  v NUMBER;
BEGIN
  SELECT MAX(a) INTO v FROM t;
  INSERT INTO u (z) VALUES (v);
END;
/
-- edges:
--   T.A -> U.Z DIRECT AGGREGATION
