-- A derived table in FROM passes on what it aggregates and groups by.
-- dialect: postgres
UPDATE items SET sold = d.n FROM (SELECT item, SUM(qty) AS n FROM sales WHERE paid GROUP BY item) AS d WHERE d.item = items.id;
-- edges:
--   items.id -> items.* INDIRECT FILTER
--   sales.item -> items.* INDIRECT FILTER
--   sales.item -> items.* INDIRECT GROUP_BY
--   sales.paid -> items.* INDIRECT FILTER
--   sales.qty -> items.sold DIRECT AGGREGATION
