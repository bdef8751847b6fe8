-- What is in a partition is in the whole table.
-- dialect: postgres
CREATE TABLE t (a int, d date) PARTITION BY RANGE (d);
CREATE TABLE t_2024 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO t_2024 (a) SELECT x FROM s;
-- edges:
--   t_2024.a -> t.a DIRECT IDENTITY
--   t_2024.d -> t.d DIRECT IDENTITY
--   s.x -> t_2024.a DIRECT IDENTITY
