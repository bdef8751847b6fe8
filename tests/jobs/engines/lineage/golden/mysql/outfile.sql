-- INTO OUTFILE is listed: the parser does not know it.
-- dialect: mysql
SELECT a, b INTO OUTFILE '/tmp/x.csv' FROM t;
-- edges:
-- unresolved:
--   SYNTAX line 3: the parser refuses it: Invalid expression / Unexpected token; it names t
