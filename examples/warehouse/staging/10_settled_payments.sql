-- What has really been paid, one row an order.
CREATE TABLE staging.settled_payments AS
SELECT
    order_id,
    sum(amount) AS paid,
    max(paid_at) AS last_paid_at,
    count(DISTINCT method) AS methods
FROM raw.payments
WHERE state = 'settled'
GROUP BY order_id;
