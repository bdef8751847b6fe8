-- MySQL: a temporary table, a user variable, a WHILE loop, and a call.
-- dialect: mysql
CREATE TABLE log.entry (id INT, level INT, text VARCHAR(200));
CREATE TABLE log.daily (level INT, entries INT, newest INT);
CREATE PROCEDURE log.clean()
BEGIN
  CALL log.count_levels(3);
END;
CREATE PROCEDURE log.count_levels(p_days INT)
BEGIN
  DECLARE i INT DEFAULT 0;
  CREATE TEMPORARY TABLE levels (level INT, n INT);
  SELECT MAX(id) INTO @newest FROM log.entry;
  WHILE i < p_days DO
    INSERT INTO levels (level, n) SELECT e.level, COUNT(e.id) FROM log.entry e GROUP BY e.level;
    SET i = i + 1;
  END WHILE;
  INSERT INTO log.daily (level, entries, newest) SELECT l.level, SUM(l.n), @newest FROM levels l GROUP BY l.level;
  DROP TEMPORARY TABLE levels;
END;
-- truth:
--   log.clean reads log.count_levels
--   log.count_levels reads log.entry
--   log.count_levels writes log.daily
--   log.entry.level -> log.daily.level
--   log.entry.id -> log.daily.entries
--   log.entry.id -> log.daily.newest
