-- ORDER BY with OFFSET and FETCH decides which rows there are.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT a FROM dbo.t ORDER BY b OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY
-- edges:
--   dbo.t.b -> dbo.v.* INDIRECT SORT
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
