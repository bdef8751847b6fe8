-- People to invite to the summer party.
CREATE VIEW mart.loyal_customers AS
SELECT v.customer_id, v.full_name, m.email, v.lifetime_eur
FROM mart.customer_value AS v
JOIN mart.customers AS m USING (customer_id)
WHERE v.purchases >= 2 AND v.lifetime_eur > (SELECT avg(lifetime_eur) FROM mart.customer_value);
