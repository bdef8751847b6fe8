-- A block in a block, GOTO labels, and a call with named arguments.
-- dialect: oracle
CREATE PROCEDURE q (p_a NUMBER, p_b NUMBER) IS
BEGIN
  INSERT INTO u (y, z) VALUES (p_a, p_b);
END;
/
CREATE PROCEDURE p IS
  v NUMBER;
BEGIN
  <<start_here>>
  BEGIN
    SELECT a INTO v FROM t;
  EXCEPTION
    WHEN NO_DATA_FOUND THEN v := 0;
  END;
  q(p_b => v, p_a => 3);
  DBMS_OUTPUT.PUT_LINE('done');
END;
/
-- edges:
--   Q.* -> P.* INDIRECT DEPENDENCY
--   T.* -> P.* INDIRECT DEPENDENCY
--   Q.* -> U.* INDIRECT DEPENDENCY
--   T.A -> U.Z DIRECT IDENTITY
