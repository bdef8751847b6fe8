-- One row a customer, as everybody should see them.
CREATE VIEW mart.customers AS
SELECT
    c.customer_id,
    c.email,
    c.full_name,
    coalesce(a.city, 'unknown') AS city,
    n.name AS country,
    c.signed_up_on,
    date_trunc('month', c.signed_up_on) AS cohort,
    c.newsletter
FROM staging.customers AS c
LEFT JOIN staging.current_addresses AS a USING (customer_id)
LEFT JOIN raw.countries AS n ON n.code = coalesce(a.country_code, c.country_code);
