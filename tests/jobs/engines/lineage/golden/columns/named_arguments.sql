-- The name of an argument is no column.
-- dialect: postgres
CREATE TABLE raw.t (a int, b int);
CREATE VIEW mart.v AS SELECT make_interval(days => a) AS i, b FROM raw.t;
-- edges:
--   raw.t.b -> mart.v.b DIRECT IDENTITY
--   raw.t.a -> mart.v.i DIRECT TRANSFORMATION
