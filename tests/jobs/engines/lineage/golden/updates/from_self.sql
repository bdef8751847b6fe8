-- The same relation in FROM is a second look at it.
-- dialect: postgres
UPDATE staff AS s SET boss_name = b.name FROM staff AS b WHERE b.id = s.boss;
-- edges:
--   staff.boss -> staff.* INDIRECT FILTER
--   staff.id -> staff.* INDIRECT FILTER
--   staff.name -> staff.boss_name DIRECT IDENTITY
