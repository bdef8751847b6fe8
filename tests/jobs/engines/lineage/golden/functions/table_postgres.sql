-- A function in SQL has its query in a string; RETURNS TABLE names its columns, and parameters are no columns.
-- dialect: postgres
CREATE FUNCTION shop.items_of(wanted int) RETURNS TABLE (article int, cost int) LANGUAGE sql STABLE AS $$
  SELECT item, price FROM shop.stock WHERE kind = wanted
$$;
CREATE VIEW shop.v AS SELECT article FROM shop.items_of(3);
-- edges:
--   shop.stock.kind -> shop.items_of.* INDIRECT FILTER
--   shop.stock.item -> shop.items_of.article DIRECT IDENTITY
--   shop.stock.price -> shop.items_of.cost DIRECT IDENTITY
--   shop.items_of.article -> shop.v.article DIRECT IDENTITY
