-- TRANSFORM runs a program over rows, and is listed.
-- dialect: spark
CREATE VIEW v AS SELECT TRANSFORM (a, b) USING 'cat' AS (x, y) FROM t;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: TRANSFORM by a program is not explained; it names t
