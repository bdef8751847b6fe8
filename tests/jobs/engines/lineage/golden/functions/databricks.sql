-- RETURN takes a query.
-- dialect: databricks
CREATE FUNCTION main.items_of(wanted INT) RETURNS TABLE (article INT) RETURN SELECT item FROM main.stock WHERE kind = wanted;
-- edges:
--   main.stock.kind -> main.items_of.* INDIRECT FILTER
--   main.stock.item -> main.items_of.article DIRECT IDENTITY
