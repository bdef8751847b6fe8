-- Of a named query of several tables the one is changed whose column is set.
-- dialect: tsql
-- default_schema: dbo
WITH both AS (SELECT o.total AS t, c.credit AS c FROM dbo.orders AS o JOIN dbo.customers AS c ON c.id = o.customer) UPDATE both SET t = c
-- edges:
--   dbo.customers.id -> dbo.orders.* INDIRECT JOIN
--   dbo.orders.customer -> dbo.orders.* INDIRECT JOIN
--   dbo.customers.credit -> dbo.orders.total DIRECT IDENTITY
