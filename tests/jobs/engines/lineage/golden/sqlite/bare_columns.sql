-- A column beside an aggregate is a value of one of its rows.
-- dialect: sqlite
CREATE VIEW v AS SELECT k, MAX(a) AS top, b FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.b -> v.b DIRECT IDENTITY
--   t.k -> v.k DIRECT IDENTITY
--   t.a -> v.top DIRECT AGGREGATION
