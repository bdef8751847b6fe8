-- VECTOR_SEARCH reads the table that it searches and the query that it is asked.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT distance FROM VECTOR_SEARCH(TABLE shop.t, 'e', (SELECT e FROM shop.q), top_k => 3);
-- edges:
--   shop.q.e -> shop.v.* INDIRECT JOIN
--   shop.q.e -> shop.v.distance DIRECT TRANSFORMATION
--   shop.t.distance -> shop.v.distance DIRECT IDENTITY
