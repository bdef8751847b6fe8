-- The members of a package are routines of its name; a package without bodies declares them.
-- dialect: oracle
CREATE OR REPLACE PACKAGE pk AS
  PROCEDURE a (p_x NUMBER);
  FUNCTION b (p_y NUMBER) RETURN NUMBER;
END pk;
/
CREATE OR REPLACE PACKAGE BODY pk AS
  g_count NUMBER := 0;
  FUNCTION b (p_y NUMBER) RETURN NUMBER IS
    v NUMBER;
  BEGIN
    SELECT MAX(q) INTO v FROM t WHERE k = p_y;
    RETURN v;
  END b;
  PROCEDURE a (p_x NUMBER) IS
  BEGIN
    IF p_x > 1 THEN
      INSERT INTO u (z) SELECT c FROM t WHERE k = p_x;
    END IF;
  END a;
END pk;
/
CREATE VIEW behind AS SELECT z FROM u;
-- edges:
--   U.Z -> BEHIND.Z DIRECT IDENTITY
--   T.* -> PK.A.* INDIRECT DEPENDENCY
--   T.* -> PK.B.* INDIRECT DEPENDENCY
--   PK.A.* -> U.* INDIRECT DEPENDENCY
--   T.K -> U.* INDIRECT FILTER
--   T.C -> U.Z DIRECT IDENTITY
