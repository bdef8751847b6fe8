-- A script with variables and a temporary table, outside of any procedure.
-- dialect: bigquery
CREATE TABLE shop.visit (visitor STRING, seconds INT64, day DATE);
CREATE TABLE shop.summary (day DATE, visitors INT64, longest INT64);
DECLARE last_day DATE;
DECLARE longest INT64 DEFAULT 0;
SET last_day = (SELECT MAX(day) FROM shop.visit);
SET longest = (SELECT MAX(seconds) FROM shop.visit WHERE day = last_day);
CREATE TEMP TABLE of_day AS SELECT visitor, day FROM shop.visit WHERE day = last_day;
IF longest > 0 THEN
  INSERT INTO shop.summary (day, visitors, longest)
  SELECT o.day, COUNT(DISTINCT o.visitor), longest FROM of_day AS o GROUP BY o.day;
END IF;
-- truth:
--   shop.visit.day -> shop.summary.day
--   shop.visit.visitor -> shop.summary.visitors
--   shop.visit.seconds -> shop.summary.longest
