-- json_each gives what is in its argument.
-- dialect: sqlite
CREATE VIEW v AS SELECT t.id, j.value FROM t, json_each(t.items) AS j;
-- edges:
--   t.items -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.items -> v.value DIRECT TRANSFORMATION
