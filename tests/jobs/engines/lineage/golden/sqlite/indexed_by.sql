-- INDEXED BY and NOT INDEXED choose an index, and nothing else.
-- dialect: sqlite
CREATE TABLE t (a, b);
CREATE VIEW v AS SELECT a FROM t INDEXED BY i WHERE b = 1;
CREATE VIEW w AS SELECT a FROM t NOT INDEXED;
-- edges:
--   t.b -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
--   t.a -> w.a DIRECT IDENTITY
