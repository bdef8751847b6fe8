-- A computed column comes from those of its row.
-- dialect: tsql
CREATE TABLE dbo.lines (price int, qty int, total AS price * qty PERSISTED, note nvarchar(9))
ALTER TABLE dbo.lines ADD half AS total / 2
-- edges:
--   dbo.lines.total -> dbo.lines.half DIRECT TRANSFORMATION
--   dbo.lines.price -> dbo.lines.total DIRECT TRANSFORMATION
--   dbo.lines.qty -> dbo.lines.total DIRECT TRANSFORMATION
