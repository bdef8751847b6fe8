-- COLUMNS in conditions, unpacked or of a pattern that is not simple is listed.
-- dialect: duckdb
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT a FROM t WHERE COLUMNS(*) > 1;
CREATE VIEW w AS SELECT COALESCE(*COLUMNS('a|b')) AS c FROM t;
CREATE VIEW x AS SELECT COLUMNS('(a+)+$') FROM t;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: COLUMNS(…) outside of an output list is not explained; it names t
--   NOT_SUPPORTED line 5: this use of COLUMNS(…) is not explained; it names t
--   NOT_SUPPORTED line 6: COLUMNS(…) of a pattern that is computed, or not simple, is not explained; it names t
