-- A named query deletes rows and gives them on.
-- dialect: postgres
CREATE TABLE log (day int, line text);
CREATE TABLE old_log (day int, line text);
WITH gone AS (DELETE FROM log WHERE day < 5 RETURNING *) INSERT INTO old_log SELECT * FROM gone;
-- edges:
--   log.day -> log.* INDIRECT FILTER
--   log.day -> old_log.* INDIRECT FILTER
--   log.day -> old_log.day DIRECT IDENTITY
--   log.line -> old_log.line DIRECT IDENTITY
