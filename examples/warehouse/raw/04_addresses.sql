-- Every address a customer ever used; the newest one counts.
CREATE TABLE raw.addresses (
    customer_id INTEGER NOT NULL,
    street VARCHAR,
    city VARCHAR,
    postcode VARCHAR,
    country_code VARCHAR,
    valid_from DATE NOT NULL
);
