-- The best departments of each month.
CREATE VIEW mart.department_ranks AS
SELECT
    month,
    department,
    revenue,
    rank() OVER (PARTITION BY month ORDER BY revenue DESC) AS place,
    revenue / sum(revenue) OVER (PARTITION BY month) AS share
FROM mart.revenue_by_month;
