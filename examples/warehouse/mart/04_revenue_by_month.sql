-- The figure on the first page of every report.
CREATE VIEW mart.revenue_by_month AS
SELECT
    month,
    department,
    sum(net_eur) AS revenue,
    sum(CASE WHEN channel = 'web' THEN net_eur ELSE 0 END) AS web_revenue,
    sum(profit_eur) AS profit,
    count(DISTINCT customer_id) AS customers
FROM mart.net_sales
GROUP BY month, department;
