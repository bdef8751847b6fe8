-- CONNECT BY filters by both of its sides.
-- dialect: snowflake
CREATE VIEW v AS SELECT id, name FROM staff START WITH boss IS NULL CONNECT BY PRIOR id = boss;
-- edges:
--   STAFF.BOSS -> V.* INDIRECT FILTER
--   STAFF.ID -> V.* INDIRECT FILTER
--   STAFF.ID -> V.ID DIRECT IDENTITY
--   STAFF.NAME -> V.NAME DIRECT IDENTITY
