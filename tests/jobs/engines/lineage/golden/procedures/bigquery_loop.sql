-- Loops and variables of a script, outside of procedures.
-- dialect: bigquery
DECLARE i INT64 DEFAULT 0;
DECLARE last INT64;
WHILE i < 3 DO
  SET last = (SELECT MAX(a) FROM d.t);
  INSERT INTO d.u (z) VALUES (last);
  SET i = i + 1;
END WHILE;
-- edges:
--   d.t.a -> d.u.z DIRECT AGGREGATION
