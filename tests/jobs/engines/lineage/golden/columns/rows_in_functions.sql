-- A star inside a function is the rows of its source.
-- dialect: postgres
CREATE TABLE raw.t (a int, b int);
CREATE VIEW mart.v AS SELECT row_to_json(t.*) AS j, COUNT(t.*) AS n FROM raw.t AS t;
-- edges:
--   raw.t.* -> mart.v.j DIRECT TRANSFORMATION
--   raw.t.* -> mart.v.n DIRECT AGGREGATION
