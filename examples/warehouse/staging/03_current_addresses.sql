-- The newest address of each customer.
CREATE VIEW staging.current_addresses AS
WITH ranked AS (
    SELECT
        customer_id,
        city,
        postcode,
        country_code,
        row_number() OVER (PARTITION BY customer_id ORDER BY valid_from DESC) AS age_rank
    FROM raw.addresses
)
SELECT customer_id, city, postcode, country_code
FROM ranked
WHERE age_rank = 1;
