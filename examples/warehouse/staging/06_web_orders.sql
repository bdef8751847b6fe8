-- Web orders with everything the site knows about them.
CREATE VIEW staging.web_orders AS
SELECT o.*, CAST(o.placed_at AS DATE) AS placed_on
FROM raw.web_orders AS o
WHERE o.status <> 'test';
