-- Several arrays are unnested side by side under the names of the alias.
-- dialect: postgres
CREATE VIEW v AS SELECT u.x, u.n FROM t, UNNEST(t.items) WITH ORDINALITY AS u (x, n);
-- edges:
--   t.items -> v.* INDIRECT JOIN
--   t.items -> v.n DIRECT TRANSFORMATION
--   t.items -> v.x DIRECT TRANSFORMATION
