-- A function that returns one expression has one output.
-- dialect: tsql
-- default_schema: dbo
CREATE FUNCTION dbo.top_price (@kind int) RETURNS int AS BEGIN RETURN (SELECT MAX(price) FROM dbo.stock WHERE kind = @kind) END
-- edges:
--   dbo.stock.kind -> dbo.top_price.* INDIRECT FILTER
--   dbo.stock.price -> dbo.top_price.column_1 DIRECT AGGREGATION
