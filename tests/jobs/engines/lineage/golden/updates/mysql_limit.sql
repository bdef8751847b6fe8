-- ORDER BY with LIMIT decides which rows are changed.
-- dialect: mysql
UPDATE LOW_PRIORITY jobs SET state = wanted ORDER BY created LIMIT 5;
-- edges:
--   jobs.created -> jobs.* INDIRECT SORT
--   jobs.wanted -> jobs.state DIRECT IDENTITY
