-- Sales less refunds, one row a line: what every figure below is made of.
CREATE VIEW mart.net_sales AS
SELECT
    s.channel,
    s.sale,
    s.customer_id,
    s.product_id,
    p.department,
    s.sold_on,
    date_trunc('month', s.sold_on) AS month,
    s.quantity,
    s.amount_eur - coalesce(f.refund_eur, 0) AS net_eur,
    s.quantity * p.margin - coalesce(f.refund_eur, 0) AS profit_eur
FROM staging.sales AS s
JOIN staging.products AS p USING (product_id)
LEFT JOIN staging.refunds AS f ON f.sale = s.sale AND f.line_no = s.line_no;
