-- ANY of an array compares with a column.
-- dialect: postgres
CREATE VIEW v AS SELECT a FROM t WHERE b = ANY (items) AND c > ALL (SELECT d FROM u);
-- edges:
--   t.b -> v.* INDIRECT FILTER
--   t.c -> v.* INDIRECT FILTER
--   t.items -> v.* INDIRECT FILTER
--   u.d -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
