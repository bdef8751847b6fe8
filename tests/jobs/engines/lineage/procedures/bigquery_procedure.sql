-- A procedure with a FOR loop over a query.
-- dialect: bigquery
CREATE TABLE ds.device (id STRING, owner STRING);
CREATE TABLE ds.ping (device_id STRING, owner STRING, at TIMESTAMP);
CREATE OR REPLACE PROCEDURE ds.ping_all(since DATE)
BEGIN
  FOR d IN (SELECT id, owner FROM ds.device WHERE owner IS NOT NULL)
  DO
    INSERT INTO ds.ping (device_id, owner, at) VALUES (d.id, d.owner, CURRENT_TIMESTAMP());
  END FOR;
END;
-- truth:
--   ds.ping_all reads ds.device
--   ds.ping_all writes ds.ping
--   ds.device.id -> ds.ping.device_id
--   ds.device.owner -> ds.ping.owner
