-- Parentheses around branches change what is taken away from what.
-- dialect: postgres
CREATE VIEW v AS SELECT a FROM t EXCEPT (SELECT b FROM u INTERSECT SELECT c FROM w);
-- edges:
--   t.a -> v.* INDIRECT FILTER
--   u.b -> v.* INDIRECT FILTER
--   w.c -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
