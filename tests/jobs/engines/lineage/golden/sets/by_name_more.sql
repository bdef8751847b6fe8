-- By name a column that one branch lacks comes from the other alone.
-- dialect: duckdb
CREATE TABLE a (x int, y int);
CREATE TABLE b (y int, z int);
CREATE VIEW v AS SELECT * FROM a UNION ALL BY NAME SELECT * FROM b;
-- edges:
--   a.x -> v.x DIRECT IDENTITY
--   a.y -> v.y DIRECT IDENTITY
--   b.y -> v.y DIRECT IDENTITY
--   b.z -> v.z DIRECT IDENTITY
