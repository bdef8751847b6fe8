-- What each customer has been worth so far; those who never bought are listed with zero.
CREATE VIEW mart.customer_value AS
SELECT
    c.customer_id,
    c.full_name,
    c.country,
    c.cohort,
    coalesce(sum(s.net_eur), 0) AS lifetime_eur,
    count(DISTINCT s.sale) AS purchases,
    max(s.sold_on) AS last_bought_on
FROM mart.customers AS c
LEFT JOIN mart.net_sales AS s ON s.customer_id = c.customer_id
GROUP BY c.customer_id, c.full_name, c.country, c.cohort;
