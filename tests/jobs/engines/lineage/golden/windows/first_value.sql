-- FIRST_VALUE hands on a value of another row.
-- dialect: oracle
CREATE VIEW v AS SELECT FIRST_VALUE(a) OVER (PARTITION BY k ORDER BY d) AS f FROM t;
-- edges:
--   T.A -> V.F DIRECT TRANSFORMATION
--   T.D -> V.F INDIRECT WINDOW
--   T.K -> V.F INDIRECT WINDOW
