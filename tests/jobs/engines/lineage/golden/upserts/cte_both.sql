-- A query reads what a named query changes as it was before.
-- dialect: postgres
WITH changed AS (UPDATE stock SET amount = 0 WHERE old RETURNING item) SELECT s.item FROM stock AS s JOIN changed AS c ON c.item = s.item;
-- edges:
--   stock.old -> stock.* INDIRECT FILTER
