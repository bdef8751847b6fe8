-- Pipe syntax is read step by step.
-- dialect: bigquery
CREATE TABLE shop.t (a INT64, b INT64);
CREATE TABLE shop.u (a INT64, c INT64);
CREATE VIEW shop.v AS FROM shop.t |> WHERE b > 1 |> JOIN shop.u USING (a) |> EXTEND b + c AS s |> AGGREGATE SUM(s) AS total GROUP BY a |> ORDER BY total DESC |> LIMIT 3;
-- edges:
--   shop.t.a -> shop.v.* INDIRECT GROUP_BY
--   shop.t.a -> shop.v.* INDIRECT JOIN
--   shop.t.b -> shop.v.* INDIRECT FILTER
--   shop.t.b -> shop.v.* INDIRECT SORT
--   shop.u.a -> shop.v.* INDIRECT JOIN
--   shop.u.c -> shop.v.* INDIRECT SORT
--   shop.t.a -> shop.v.a DIRECT IDENTITY
--   shop.t.b -> shop.v.total DIRECT AGGREGATION
--   shop.u.c -> shop.v.total DIRECT AGGREGATION
