-- An inline function is a view with parameters.
-- dialect: tsql
-- default_schema: dbo
CREATE FUNCTION dbo.items_of (@kind int) RETURNS TABLE AS RETURN (SELECT item, price * 2 AS double FROM dbo.stock WHERE kind = @kind);
GO
CREATE VIEW dbo.v AS SELECT f.item, f.double FROM dbo.items_of(3) AS f
-- edges:
--   dbo.stock.kind -> dbo.items_of.* INDIRECT FILTER
--   dbo.stock.price -> dbo.items_of.double DIRECT TRANSFORMATION
--   dbo.stock.item -> dbo.items_of.item DIRECT IDENTITY
--   dbo.items_of.double -> dbo.v.double DIRECT IDENTITY
--   dbo.items_of.item -> dbo.v.item DIRECT IDENTITY
