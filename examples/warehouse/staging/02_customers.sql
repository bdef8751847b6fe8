-- Customers with tidy names; an unknown country is 'ZZ'.
CREATE VIEW staging.customers AS
SELECT
    id AS customer_id,
    lower(trim(email)) AS email,
    coalesce(nullif(trim(full_name), ''), 'unknown') AS full_name,
    coalesce(upper(country_code), 'ZZ') AS country_code,
    CAST(signed_up_at AS DATE) AS signed_up_on,
    coalesce(newsletter, FALSE) AS newsletter
FROM raw.customers;
