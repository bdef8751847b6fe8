-- CONNECT BY and START WITH filter; LEVEL is no column.
-- dialect: oracle
CREATE VIEW v AS SELECT id, LEVEL AS depth FROM staff START WITH boss IS NULL CONNECT BY PRIOR id = boss;
-- edges:
--   STAFF.BOSS -> V.* INDIRECT FILTER
--   STAFF.ID -> V.* INDIRECT FILTER
--   STAFF.ID -> V.ID DIRECT IDENTITY
