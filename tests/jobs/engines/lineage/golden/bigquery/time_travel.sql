-- FOR SYSTEM_TIME AS OF reads the same table as it was.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT a FROM shop.t FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR);
-- edges:
--   shop.t.a -> shop.v.a DIRECT IDENTITY
