-- Brackets, backticks and double quotes all quote.
-- dialect: sqlite
CREATE VIEW v AS SELECT [order id], `x`, "y" FROM [my table];
-- edges:
--   my table.order id -> v.order id DIRECT IDENTITY
--   my table.x -> v.x DIRECT IDENTITY
--   my table.y -> v.y DIRECT IDENTITY
