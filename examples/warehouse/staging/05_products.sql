-- Products with their category and margin.
CREATE VIEW staging.products AS
SELECT
    p.id AS product_id,
    p.sku,
    p.name,
    c.path AS category,
    c.root AS department,
    p.list_price,
    p.list_price - coalesce(p.cost_price, p.list_price * 0.6) AS margin,
    p.discontinued_on IS NULL AS on_sale
FROM raw.products AS p
LEFT JOIN staging.category_paths AS c ON c.category_id = p.category_id;
