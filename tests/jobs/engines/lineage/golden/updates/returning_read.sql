-- RETURNING goes to the client, though a query in it reads a relation.
-- dialect: postgres
UPDATE stock SET price = list_price RETURNING item, (SELECT MAX(day) FROM sales);
-- edges:
--   stock.list_price -> stock.price DIRECT IDENTITY
