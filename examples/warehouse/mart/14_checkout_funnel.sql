-- Visits, those that reached the checkout, and those of people who had bought something.
CREATE VIEW mart.checkout_funnel AS
SELECT
    CAST(v.began_at AS DATE) AS day,
    count(*) AS visits,
    count(*) FILTER (WHERE v.reached_checkout) AS checkouts,
    count(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM mart.orders AS o WHERE o.customer_id = v.customer_id
    )) AS visits_of_buyers
FROM staging.visits AS v
GROUP BY CAST(v.began_at AS DATE);
