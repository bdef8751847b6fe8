-- A task, and an alert, are listed with the tables that they name.
-- dialect: snowflake
CREATE TASK k WAREHOUSE = w SCHEDULE = '5 MINUTE' AS INSERT INTO x (a) SELECT a FROM s;
CREATE ALERT al WAREHOUSE = w SCHEDULE = '1 MINUTE' IF (EXISTS (SELECT 1 FROM t WHERE a > 3)) THEN INSERT INTO x (a) SELECT a FROM t;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: CREATE TASK is not explained yet; it names x, s
--   NOT_SUPPORTED line 4: CREATE ALERT is not explained yet; it names t, x
