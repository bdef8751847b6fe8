-- People with an account, as the web shop stores them.
CREATE TABLE raw.customers (
    id INTEGER PRIMARY KEY,
    email VARCHAR NOT NULL,
    full_name VARCHAR,
    country_code VARCHAR,
    signed_up_at TIMESTAMP NOT NULL,
    newsletter BOOLEAN
);
