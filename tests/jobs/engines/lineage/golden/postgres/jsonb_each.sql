-- Functions in FROM give what is in their argument.
-- dialect: postgres
CREATE VIEW v AS SELECT t.id, e.key, e.value FROM t, jsonb_each(t.doc) AS e (key, value);
-- edges:
--   t.doc -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.doc -> v.key DIRECT TRANSFORMATION
--   t.doc -> v.value DIRECT TRANSFORMATION
