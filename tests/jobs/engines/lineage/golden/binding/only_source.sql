-- A name belongs to the only source there is.
-- dialect: duckdb
CREATE VIEW mart.x AS SELECT a, b + c AS d FROM ext.t WHERE e > 0;
-- edges:
--   ext.t.e -> mart.x.* INDIRECT FILTER
--   ext.t.a -> mart.x.a DIRECT IDENTITY
--   ext.t.b -> mart.x.d DIRECT TRANSFORMATION
--   ext.t.c -> mart.x.d DIRECT TRANSFORMATION
