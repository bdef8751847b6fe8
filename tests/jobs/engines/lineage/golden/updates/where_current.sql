-- A change of the row of a cursor is listed: nobody here knows which rows the cursor visits.
-- dialect: tsql
-- default_schema: dbo
UPDATE dbo.stock SET price = list_price WHERE CURRENT OF items
-- edges:
-- unresolved:
--   SYNTAX line 4: the parser refuses it: Invalid expression / Unexpected token; it names dbo.stock
