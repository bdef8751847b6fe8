-- Each month beside the month before.
CREATE VIEW mart.revenue_growth AS
WITH months AS (
    SELECT month, sum(revenue) AS revenue
    FROM mart.revenue_by_month
    GROUP BY month
)
SELECT
    month,
    revenue,
    lag(revenue) OVER (ORDER BY month) AS revenue_before,
    revenue / lag(revenue) OVER (ORDER BY month) - 1 AS growth
FROM months;
