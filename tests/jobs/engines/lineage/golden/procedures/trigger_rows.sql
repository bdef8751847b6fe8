-- A trigger sees the rows of its table before and after.
-- dialect: tsql
-- default_schema: dbo
CREATE TRIGGER r ON t AFTER UPDATE AS
INSERT INTO log (was, is_now) SELECT d.a, i.a FROM inserted AS i JOIN deleted AS d ON d.id = i.id
-- edges:
--   dbo.t.id -> dbo.log.* INDIRECT JOIN
--   dbo.t.a -> dbo.log.is_now DIRECT IDENTITY
--   dbo.t.a -> dbo.log.was DIRECT IDENTITY
