-- A recursive query needs no word for it.
-- dialect: oracle
CREATE VIEW v AS WITH r (id, top) AS (SELECT id, id FROM staff WHERE boss IS NULL UNION ALL SELECT s.id, r.top FROM staff s JOIN r ON s.boss = r.id) SELECT id, top FROM r;
-- edges:
--   STAFF.BOSS -> V.* INDIRECT FILTER
--   STAFF.BOSS -> V.* INDIRECT JOIN
--   STAFF.ID -> V.* INDIRECT JOIN
--   STAFF.ID -> V.ID DIRECT IDENTITY
--   STAFF.ID -> V.TOP DIRECT IDENTITY
