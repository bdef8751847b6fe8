-- A compound assignment reads the column that it sets.
-- dialect: tsql
-- default_schema: dbo
UPDATE dbo.stock SET amount -= s.qty, seen += 1 FROM dbo.stock JOIN dbo.sales AS s ON s.item = stock.item
-- edges:
--   dbo.sales.item -> dbo.stock.* INDIRECT JOIN
--   dbo.stock.item -> dbo.stock.* INDIRECT JOIN
--   dbo.sales.qty -> dbo.stock.amount DIRECT TRANSFORMATION
--   dbo.stock.amount -> dbo.stock.amount DIRECT TRANSFORMATION
--   dbo.stock.seen -> dbo.stock.seen DIRECT TRANSFORMATION
