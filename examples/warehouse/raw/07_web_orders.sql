-- Orders placed on the web site.
CREATE TABLE raw.web_orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL,
    placed_at TIMESTAMP NOT NULL,
    status VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    voucher VARCHAR
);
