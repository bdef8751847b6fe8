-- SELECT INTO TEMP makes a table.
-- dialect: postgres
SELECT a INTO TEMP x FROM t;
CREATE TABLE y AS TABLE x;
-- edges:
--   t.a -> x.a DIRECT IDENTITY
--   x.a -> y.a DIRECT IDENTITY
