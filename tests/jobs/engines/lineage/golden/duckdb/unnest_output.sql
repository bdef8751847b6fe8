-- unnest in an output list gives values of its argument.
-- dialect: duckdb
CREATE VIEW v AS SELECT id, unnest(items) AS item FROM t;
-- edges:
--   t.items -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.items -> v.item DIRECT TRANSFORMATION
