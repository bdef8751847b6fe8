-- Refunds in euros, one row a line of an order.
CREATE VIEW staging.refunds AS
SELECT
    'W' || f.order_id AS sale,
    f.line_no,
    sum(f.amount * r.rate) AS refund_eur,
    max(CAST(f.refunded_at AS DATE)) AS refunded_on
FROM raw.refunds AS f
JOIN raw.web_orders AS o ON o.id = f.order_id
JOIN staging.rates AS r ON r.currency = o.currency AND r.day = CAST(f.refunded_at AS DATE)
GROUP BY f.order_id, f.line_no;
