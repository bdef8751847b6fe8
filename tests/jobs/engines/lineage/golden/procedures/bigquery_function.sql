-- A function of an expression reads no relation; one of a query gives its columns.
-- dialect: bigquery
CREATE FUNCTION d.twice(x INT64) AS (x * 2);
CREATE TABLE FUNCTION d.of_k(k INT64) AS SELECT a, b FROM d.t WHERE c = k;
CREATE VIEW d.v AS SELECT a FROM d.of_k(3);
-- edges:
--   d.t.c -> d.of_k.* INDIRECT FILTER
--   d.t.a -> d.of_k.a DIRECT IDENTITY
--   d.t.b -> d.of_k.b DIRECT IDENTITY
--   d.of_k.a -> d.v.a DIRECT IDENTITY
