-- Functions that give several rows, in an output list, decide how many there are.
-- dialect: postgres
CREATE TABLE t (a int, l int[], doc jsonb);
CREATE VIEW v AS SELECT unnest(l) AS x, generate_series(1, a) AS n, jsonb_array_elements(doc) AS d FROM t;
-- edges:
--   t.a -> v.* INDIRECT JOIN
--   t.doc -> v.* INDIRECT JOIN
--   t.l -> v.* INDIRECT JOIN
--   t.doc -> v.d DIRECT TRANSFORMATION
--   t.a -> v.n DIRECT TRANSFORMATION
--   t.l -> v.x DIRECT TRANSFORMATION
