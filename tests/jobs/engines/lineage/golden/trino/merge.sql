-- MERGE of Trino deletes, updates and inserts.
-- dialect: trino
CREATE TABLE t (a int, b int);
CREATE TABLE s (a int, b int);
MERGE INTO t USING s ON t.a = s.a WHEN MATCHED AND s.b IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET b = s.b WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b);
-- edges:
--   s.a -> t.* INDIRECT JOIN
--   s.b -> t.* INDIRECT FILTER
--   t.a -> t.* INDIRECT JOIN
--   s.a -> t.a DIRECT IDENTITY
--   s.b -> t.b DIRECT IDENTITY
