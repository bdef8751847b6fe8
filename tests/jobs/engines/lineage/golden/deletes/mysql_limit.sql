-- ORDER BY with LIMIT decides which rows go.
-- dialect: mysql
DELETE QUICK FROM log WHERE level = 1 ORDER BY day LIMIT 1000;
-- edges:
--   log.day -> log.* INDIRECT SORT
--   log.level -> log.* INDIRECT FILTER
