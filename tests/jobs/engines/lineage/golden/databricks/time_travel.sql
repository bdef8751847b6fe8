-- Time travel reads the same table, however it is written.
-- dialect: databricks
CREATE TABLE shop.t (a INT, b INT);
CREATE VIEW v AS SELECT a FROM shop.t VERSION AS OF 3;
CREATE VIEW w AS SELECT a FROM shop.t TIMESTAMP AS OF '2024-01-01';
CREATE VIEW x AS SELECT a FROM shop.t@v3;
-- edges:
--   shop.t.a -> v.a DIRECT IDENTITY
--   shop.t.a -> w.a DIRECT IDENTITY
--   shop.t.a -> x.a DIRECT IDENTITY
