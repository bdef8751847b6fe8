-- Stock after each movement.
CREATE VIEW staging.stock_levels AS
SELECT
    product_id,
    moved_at,
    cause,
    sum(change) OVER (PARTITION BY product_id ORDER BY moved_at) AS in_stock
FROM raw.stock_movements;
