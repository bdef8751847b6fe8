-- EXECUTE IMMEDIATE of constants, and INTO a variable.
-- dialect: bigquery
CREATE TABLE lake.a (k INT64, v STRING);
CREATE TABLE lake.b (k INT64, v STRING);
CREATE TABLE lake.top (k INT64);
CREATE PROCEDURE lake.copy()
BEGIN
  DECLARE target STRING DEFAULT 'lake.b';
  DECLARE highest INT64;
  EXECUTE IMMEDIATE 'INSERT INTO ' || target || ' (k, v) SELECT k, v FROM lake.a';
  EXECUTE IMMEDIATE "SELECT MAX(k) FROM lake.a" INTO highest;
  INSERT INTO lake.top (k) VALUES (highest);
END;
-- truth:
--   lake.copy reads lake.a
--   lake.copy writes lake.b, lake.top
--   lake.a.k -> lake.b.k
--   lake.a.v -> lake.b.v
--   lake.a.k -> lake.top.k
