-- Nightly: move people between segments.
MERGE INTO mart.segments AS t
USING mart.customer_value AS v ON v.customer_id = t.customer_id
WHEN MATCHED AND v.lifetime_eur >= 100 THEN UPDATE SET segment = 'gold'
WHEN MATCHED AND v.purchases > 0 THEN UPDATE SET segment = 'regular';
