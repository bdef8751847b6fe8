-- Stars of single sources keep the order in which they stand.
-- dialect: redshift
CREATE TABLE a (x int, y int);
CREATE TABLE b (z int);
CREATE VIEW v AS SELECT b.*, a.* FROM a JOIN b ON a.x = b.z;
-- edges:
--   a.x -> v.* INDIRECT JOIN
--   b.z -> v.* INDIRECT JOIN
--   a.x -> v.x DIRECT IDENTITY
--   a.y -> v.y DIRECT IDENTITY
--   b.z -> v.z DIRECT IDENTITY
