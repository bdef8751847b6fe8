-- CONNECT BY of Redshift has LEVEL, which comes from no column.
-- dialect: redshift
CREATE TABLE e (id int, boss int, name varchar(9));
CREATE VIEW v AS SELECT id, name, LEVEL AS depth FROM e START WITH boss IS NULL CONNECT BY PRIOR id = boss;
-- edges:
--   e.boss -> v.* INDIRECT FILTER
--   e.id -> v.* INDIRECT FILTER
--   e.id -> v.id DIRECT IDENTITY
--   e.name -> v.name DIRECT IDENTITY
