-- A column named behind an open star is bound to the relation behind it.
-- dialect: duckdb
CREATE VIEW mart.x AS WITH s AS (SELECT * FROM ext.things) SELECT id, UPPER(name) AS n FROM s WHERE kind = 1;
-- edges:
--   ext.things.kind -> mart.x.* INDIRECT FILTER
--   ext.things.id -> mart.x.id DIRECT IDENTITY
--   ext.things.name -> mart.x.n DIRECT TRANSFORMATION
