-- What is said about columns of an open star is kept.
-- dialect: duckdb
CREATE VIEW mart.x AS SELECT * EXCLUDE (secret) REPLACE (price + 1 AS price) RENAME (a AS b) FROM ext.things;
-- edges:
--   ext.things.* -> mart.x.* DIRECT IDENTITY (without secret)
--   ext.things.a -> mart.x.b DIRECT IDENTITY
--   ext.things.price -> mart.x.price DIRECT TRANSFORMATION
-- unresolved:
--   UNKNOWN_COLUMNS line 3: the columns of ext.things are unknown, so this star stays open
