-- Three products a department that bring in most.
CREATE VIEW mart.best_sellers AS
SELECT department, name, revenue, place
FROM (
    SELECT
        p.department,
        p.name,
        sum(s.net_eur) AS revenue,
        row_number() OVER (PARTITION BY p.department ORDER BY sum(s.net_eur) DESC) AS place
    FROM mart.net_sales AS s
    JOIN staging.products AS p USING (product_id)
    WHERE p.on_sale
    GROUP BY p.department, p.name
) AS ranked
WHERE place <= 3;
