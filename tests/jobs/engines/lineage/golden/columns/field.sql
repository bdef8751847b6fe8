-- A field of a structure comes from its column.
-- dialect: duckdb
CREATE TABLE raw.e (id int, payload struct(kind varchar, size int));
CREATE VIEW mart.e AS SELECT e.payload.kind AS kind, payload.size AS size FROM raw.e AS e;
-- edges:
--   raw.e.payload -> mart.e.kind DIRECT TRANSFORMATION
--   raw.e.payload -> mart.e.size DIRECT TRANSFORMATION
