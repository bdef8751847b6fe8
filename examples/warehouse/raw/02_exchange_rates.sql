-- One rate a currency a day, from the bank's daily file.
CREATE TABLE raw.exchange_rates (
    currency VARCHAR NOT NULL,
    day DATE NOT NULL,
    euro_per_unit DECIMAL(12, 6) NOT NULL
);
