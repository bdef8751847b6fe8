-- INSERT of an open star reaches the target as a whole.
-- dialect: duckdb
CREATE TABLE mart.x (a int, b int);
INSERT INTO mart.x SELECT * FROM ext.t;
-- edges:
--   ext.t.* -> mart.x.* DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of ext.t are unknown, so this star stays open
