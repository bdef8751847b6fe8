-- A part of a text that is written over keeps the rest of it.
-- dialect: tsql
-- default_schema: dbo
UPDATE dbo.pages SET body.WRITE(title, 0, 10) WHERE id = 1
-- edges:
--   dbo.pages.id -> dbo.pages.* INDIRECT FILTER
--   dbo.pages.body -> dbo.pages.body DIRECT TRANSFORMATION
--   dbo.pages.title -> dbo.pages.body DIRECT TRANSFORMATION
