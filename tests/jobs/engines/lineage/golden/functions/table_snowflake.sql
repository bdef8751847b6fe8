-- The query of a table function may stand in a string with doubled quotes.
-- dialect: snowflake
CREATE OR REPLACE SECURE FUNCTION items_of(wanted INT) RETURNS TABLE (article INT) AS 'SELECT item FROM stock WHERE kind = wanted AND state = ''new''';
-- edges:
--   STOCK.KIND -> ITEMS_OF.* INDIRECT FILTER
--   STOCK.STATE -> ITEMS_OF.* INDIRECT FILTER
--   STOCK.ITEM -> ITEMS_OF.ARTICLE DIRECT IDENTITY
