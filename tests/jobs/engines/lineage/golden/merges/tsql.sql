-- All branches of a MERGE: its condition joins, those of WHEN filter, values come from SET and VALUES.
-- dialect: tsql
-- default_schema: dbo
MERGE INTO dbo.stock WITH (HOLDLOCK) AS t USING dbo.delivery AS s ON t.item = s.item
WHEN MATCHED AND t.price <> s.price THEN UPDATE SET t.price = s.price, t.amount += s.amount
WHEN NOT MATCHED BY TARGET THEN INSERT (item, price, amount) VALUES (s.item, COALESCE(s.price, 0), s.amount)
WHEN NOT MATCHED BY SOURCE AND t.kept = 0 THEN DELETE;
-- edges:
--   dbo.delivery.item -> dbo.stock.* INDIRECT JOIN
--   dbo.delivery.price -> dbo.stock.* INDIRECT FILTER
--   dbo.stock.item -> dbo.stock.* INDIRECT JOIN
--   dbo.stock.kept -> dbo.stock.* INDIRECT FILTER
--   dbo.stock.price -> dbo.stock.* INDIRECT FILTER
--   dbo.delivery.amount -> dbo.stock.amount DIRECT IDENTITY
--   dbo.delivery.amount -> dbo.stock.amount DIRECT TRANSFORMATION
--   dbo.stock.amount -> dbo.stock.amount DIRECT TRANSFORMATION
--   dbo.delivery.item -> dbo.stock.item DIRECT IDENTITY
--   dbo.delivery.price -> dbo.stock.price DIRECT IDENTITY
--   dbo.delivery.price -> dbo.stock.price DIRECT TRANSFORMATION
