-- Departments whose goods come back.
CREATE VIEW mart.refund_rates AS
SELECT
    p.department,
    sum(coalesce(f.refund_eur, 0)) / sum(s.amount_eur) AS refund_rate
FROM staging.sales AS s
JOIN staging.products AS p USING (product_id)
LEFT JOIN staging.refunds AS f ON f.sale = s.sale AND f.line_no = s.line_no
GROUP BY p.department
HAVING sum(s.amount_eur) > 0;
