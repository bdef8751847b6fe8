-- EXCHANGE TABLES exchanges names.
-- dialect: clickhouse
CREATE TABLE a (x Int);
CREATE TABLE b (x Int);
EXCHANGE TABLES a AND b;
-- edges:
--   b.x -> a.x DIRECT IDENTITY
--   a.x -> b.x DIRECT IDENTITY
