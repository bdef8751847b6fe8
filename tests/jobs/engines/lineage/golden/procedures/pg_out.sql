-- CASE as a statement, EXIT in a loop, and handlers.
-- dialect: postgres
CREATE PROCEDURE p(IN k int, INOUT total int) LANGUAGE plpgsql AS $$
<<outer>>
DECLARE c CURSOR (n int) FOR SELECT a FROM t WHERE b = n; x int;
BEGIN
  OPEN c(3);
  FETCH c INTO x;
  CLOSE c;
  CASE WHEN x > 1 THEN
    INSERT INTO u (p) VALUES (x);
  WHEN x = 1 THEN
    INSERT INTO u (q) VALUES (x);
  ELSE
    RAISE EXCEPTION 'none';
  END CASE;
  WHILE total > 0 LOOP
    total := total - 1;
    CONTINUE WHEN total = 3;
  END LOOP;
EXCEPTION
  WHEN unique_violation THEN
    INSERT INTO log (m) VALUES (SQLERRM);
  WHEN others THEN
    NULL;
END $$;
-- edges:
--   t.a -> log.* INDIRECT FILTER
--   t.b -> log.* INDIRECT FILTER
--   t.a -> u.* INDIRECT FILTER
--   t.b -> u.* INDIRECT FILTER
--   t.a -> u.p DIRECT IDENTITY
--   t.a -> u.q DIRECT IDENTITY
