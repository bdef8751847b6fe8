-- INSERT INTO FUNCTION s3 fills a file; into a table of another server it is listed.
-- dialect: clickhouse
CREATE TABLE t (a Int32, b Int32) ENGINE = Memory;
INSERT INTO FUNCTION s3('https://bucket/out.csv', 'CSV') SELECT a, b FROM t;
INSERT INTO FUNCTION remote('host', shop, u) SELECT a FROM t;
-- edges:
--   t.a -> https://bucket/out.csv.a DIRECT IDENTITY
--   t.b -> https://bucket/out.csv.b DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 5: INSERT into a function is not explained; it names FUNCTION, t
