-- A source of which no column is mentioned joins by its rows; in EXISTS these are a filter.
-- dialect: duckdb
CREATE TABLE t (a int);
CREATE TABLE u (b int);
CREATE VIEW crossed AS SELECT a FROM t CROSS JOIN u;
CREATE VIEW constant AS SELECT 1 AS one FROM t;
CREATE VIEW found AS SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u);
CREATE VIEW half AS SELECT a FROM t SEMI JOIN u ON true;
-- edges:
--   t.* -> constant.* INDIRECT JOIN
--   u.* -> crossed.* INDIRECT JOIN
--   t.a -> crossed.a DIRECT IDENTITY
--   u.* -> found.* INDIRECT FILTER
--   t.a -> found.a DIRECT IDENTITY
--   u.* -> half.* INDIRECT JOIN
--   t.a -> half.a DIRECT IDENTITY
