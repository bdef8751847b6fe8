-- Nightly: archive what was delivered or cancelled.
INSERT INTO staging.order_archive (order_id, customer_id, placed_on, paid, state)
SELECT o.id, o.customer_id, o.placed_on, coalesce(p.paid, 0), o.status
FROM staging.web_orders AS o
LEFT JOIN staging.settled_payments AS p ON p.order_id = o.id
WHERE o.status IN ('delivered', 'cancelled');
