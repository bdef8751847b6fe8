-- BULK COLLECT takes rows; FORALL is a loop.
-- dialect: oracle
CREATE PROCEDURE p IS
  TYPE rows_t IS TABLE OF t%ROWTYPE;
  l rows_t;
BEGIN
  SELECT * BULK COLLECT INTO l FROM t;
  FORALL i IN 1 .. l.COUNT
    INSERT INTO u (z) VALUES (l(i).a);
END;
/
-- edges:
--   T.* -> P.* INDIRECT DEPENDENCY
--   P.* -> U.* INDIRECT DEPENDENCY
--   T.A -> U.Z DIRECT IDENTITY
