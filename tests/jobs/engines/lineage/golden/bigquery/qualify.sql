-- QUALIFY filters by its window.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT a FROM shop.t WHERE true QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY d) = 1;
-- edges:
--   shop.t.d -> shop.v.* INDIRECT FILTER
--   shop.t.k -> shop.v.* INDIRECT FILTER
--   shop.t.a -> shop.v.a DIRECT IDENTITY
