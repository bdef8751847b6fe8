-- The column that SEARCH makes is not bound, and listed.
-- dialect: postgres
CREATE TABLE e (id int, boss int);
CREATE VIEW v AS WITH RECURSIVE r AS (SELECT id, boss FROM e UNION ALL SELECT e.id, e.boss FROM e JOIN r ON e.boss = r.id) SEARCH DEPTH FIRST BY id SET ord SELECT id, ord FROM r;
-- edges:
--   e.boss -> v.* INDIRECT JOIN
--   e.id -> v.* INDIRECT JOIN
--   e.id -> v.id DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 4: ord fits no source in reach
