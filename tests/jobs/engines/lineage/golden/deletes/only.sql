-- ONLY says nothing about lineage.
-- dialect: postgres
DELETE FROM ONLY log WHERE day < 5;
-- edges:
--   log.day -> log.* INDIRECT FILTER
