-- PREPARE and EXECUTE are listed.
-- dialect: postgres
PREPARE p AS INSERT INTO x (a) SELECT a FROM t WHERE b = $1;
EXECUTE p(3);
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: PREPARE is not explained yet; it names x, t
--   DYNAMIC_SQL line 4: SQL that is made when it runs is not explained
