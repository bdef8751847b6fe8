-- A column of another source in FROM unfolds it.
-- dialect: redshift
CREATE VIEW v AS SELECT t.id, i.name FROM t, t.items AS i;
-- edges:
--   t.items -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.items -> v.name DIRECT TRANSFORMATION
