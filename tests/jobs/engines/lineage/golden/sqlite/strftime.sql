-- A function of a date reads its arguments; the format is a constant.
-- dialect: sqlite
CREATE VIEW v AS SELECT strftime('%Y', day) AS year, IIF(a, b, c) AS x FROM t;
-- edges:
--   t.a -> v.x INDIRECT CONDITIONAL
--   t.b -> v.x DIRECT TRANSFORMATION
--   t.c -> v.x DIRECT TRANSFORMATION
--   t.day -> v.year DIRECT TRANSFORMATION
