-- Products on sale that will soon be gone.
CREATE VIEW mart.stock_alerts AS
SELECT p.sku, p.name, l.in_stock, l.moved_at AS counted_at
FROM staging.products AS p
JOIN staging.stock_levels AS l USING (product_id)
WHERE p.on_sale
  AND l.in_stock < 10
  AND l.moved_at = (
      SELECT max(later.moved_at) FROM staging.stock_levels AS later WHERE later.product_id = p.product_id
  );
