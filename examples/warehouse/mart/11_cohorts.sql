-- Revenue by how many months ago the buyer signed up.
CREATE VIEW mart.cohorts AS
SELECT
    c.cohort,
    date_diff('month', c.cohort, s.month) AS months_since,
    sum(s.net_eur) AS revenue
FROM mart.customers AS c
JOIN mart.net_sales AS s USING (customer_id)
GROUP BY c.cohort, date_diff('month', c.cohort, s.month);
