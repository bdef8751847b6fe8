-- Statements that move no data are explained.
-- dialect: duckdb
SET a = 1;
BEGIN;
GRANT SELECT ON raw.orders TO somebody;
DROP TABLE IF EXISTS x;
CREATE INDEX i ON raw.orders (id);
CREATE SCHEMA s;
COMMIT;
-- edges:
