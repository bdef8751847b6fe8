-- SWITCH moves a partition without copying it.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.sales (day int, item int);
ALTER TABLE dbo.sales SWITCH PARTITION 3 TO dbo.old_sales PARTITION 1;
-- edges:
--   dbo.sales.day -> dbo.old_sales.day DIRECT IDENTITY
--   dbo.sales.item -> dbo.old_sales.item DIRECT IDENTITY
