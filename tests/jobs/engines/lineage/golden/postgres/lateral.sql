-- LATERAL reads the row before it.
-- dialect: postgres
CREATE VIEW v AS SELECT t.id, l.top FROM t LEFT JOIN LATERAL (SELECT MAX(s.price) AS top FROM sales AS s WHERE s.item = t.id) AS l ON true;
-- edges:
--   sales.item -> v.* INDIRECT FILTER
--   t.id -> v.* INDIRECT FILTER
--   t.id -> v.id DIRECT IDENTITY
--   sales.price -> v.top DIRECT AGGREGATION
