-- Rates to euros; the euro itself is not in the bank's file.
CREATE VIEW staging.rates AS
SELECT currency, day, euro_per_unit AS rate
FROM raw.exchange_rates
UNION
SELECT 'EUR' AS currency, day, 1.0 AS rate
FROM raw.exchange_rates;
