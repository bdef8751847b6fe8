-- Web orders with what they are worth and how far along they are.
CREATE VIEW mart.orders AS
WITH worth AS (
    SELECT order_id, sum(amount_eur) AS worth_eur, count(*) AS lines
    FROM staging.web_sales
    GROUP BY order_id
)
SELECT
    o.id AS order_id,
    o.customer_id,
    o.placed_on,
    w.worth_eur,
    w.lines,
    CASE
        WHEN o.status = 'cancelled' THEN 'cancelled'
        WHEN p.paid IS NULL THEN 'waiting for money'
        WHEN o.status = 'delivered' THEN 'done'
        ELSE 'on its way'
    END AS progress,
    o.voucher IS NOT NULL AS with_voucher
FROM staging.web_orders AS o
LEFT JOIN worth AS w ON w.order_id = o.id
LEFT JOIN staging.settled_payments AS p ON p.order_id = o.id;
