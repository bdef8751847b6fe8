-- DO runs a block at once.
-- dialect: postgres
DO $$
DECLARE n int := (SELECT max(a) FROM t);
BEGIN
  IF n > 1 THEN INSERT INTO u (p) VALUES (n); ELSIF n = 1 THEN INSERT INTO u (q) SELECT b FROM s; ELSE NULL; END IF;
END $$;
-- edges:
--   t.a -> u.* INDIRECT FILTER
--   t.a -> u.p DIRECT AGGREGATION
--   s.b -> u.q DIRECT IDENTITY
