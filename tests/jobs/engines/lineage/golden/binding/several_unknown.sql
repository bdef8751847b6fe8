-- A name that several unknown sources may have gets an edge from each of them.
-- dialect: duckdb
CREATE VIEW mart.x AS SELECT colour, a.id FROM ext.a JOIN ext.b ON a.id = b.id;
-- edges:
--   ext.a.id -> mart.x.* INDIRECT JOIN
--   ext.b.id -> mart.x.* INDIRECT JOIN
--   ext.a.colour -> mart.x.colour DIRECT IDENTITY (one of: ext.a.colour, ext.b.colour)
--   ext.b.colour -> mart.x.colour DIRECT IDENTITY (one of: ext.a.colour, ext.b.colour)
--   ext.a.id -> mart.x.id DIRECT IDENTITY
