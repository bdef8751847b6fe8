-- A trigger may stand instead of the statement; columns that are read are those of its table.
-- dialect: tsql
-- default_schema: dbo
CREATE TRIGGER r ON v INSTEAD OF INSERT AS
IF EXISTS (SELECT 1 FROM inserted WHERE a > 3)
  INSERT INTO t (a) SELECT a FROM inserted
-- edges:
--   dbo.v.a -> dbo.t.* INDIRECT FILTER
--   dbo.v.a -> dbo.t.a DIRECT IDENTITY
