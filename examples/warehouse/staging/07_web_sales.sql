-- Lines of web orders in euros.
CREATE VIEW staging.web_sales AS
SELECT
    o.id AS order_id,
    l.line_no,
    o.customer_id,
    l.product_id,
    o.placed_on AS sold_on,
    l.quantity,
    (l.quantity * l.unit_price - coalesce(l.discount, 0)) * r.rate AS amount_eur
FROM staging.web_orders AS o
JOIN raw.web_order_lines AS l ON l.order_id = o.id
JOIN staging.rates AS r ON r.currency = o.currency AND r.day = o.placed_on
WHERE o.status <> 'cancelled';
