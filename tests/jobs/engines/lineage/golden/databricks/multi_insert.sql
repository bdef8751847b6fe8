-- FROM before several INSERTs is listed.
-- dialect: spark
FROM t INSERT INTO u SELECT a WHERE b > 1 INSERT INTO w SELECT b;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: a query of the kind Table is not explained; it names t, u, w
