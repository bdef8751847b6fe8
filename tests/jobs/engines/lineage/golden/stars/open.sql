-- A star over a relation without known columns stays open, and is listed.
-- dialect: duckdb
CREATE VIEW mart.x AS SELECT *, price * 2 AS double FROM ext.things;
CREATE VIEW mart.y AS SELECT id, double, mart.x.* FROM mart.x;
-- edges:
--   ext.things.* -> mart.x.* DIRECT IDENTITY
--   ext.things.price -> mart.x.double DIRECT TRANSFORMATION
--   mart.x.* -> mart.y.* DIRECT IDENTITY
--   mart.x.double -> mart.y.double DIRECT IDENTITY
--   mart.x.id -> mart.y.id DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 3: the columns of ext.things are unknown, so this star stays open
--   UNKNOWN_COLUMNS line 4: the columns of mart.x are unknown, so this star stays open
