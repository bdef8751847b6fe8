-- Nightly: a delivered order without money is marked for a reminder.
UPDATE staging.order_archive
SET state = 'unpaid'
FROM raw.payments
WHERE payments.order_id = order_archive.order_id
  AND payments.state = 'failed'
  AND order_archive.paid = 0;
