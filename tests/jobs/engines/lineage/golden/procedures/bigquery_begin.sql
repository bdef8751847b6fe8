-- A transaction is no block; a block may have handlers.
-- dialect: bigquery
BEGIN
  BEGIN TRANSACTION;
  INSERT INTO d.u (z) SELECT a FROM d.t;
  COMMIT TRANSACTION;
EXCEPTION WHEN ERROR THEN
  ROLLBACK TRANSACTION;
END;
-- edges:
--   d.t.a -> d.u.z DIRECT IDENTITY
