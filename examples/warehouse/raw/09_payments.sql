-- Attempts to pay a web order; only some of them settle.
CREATE TABLE raw.payments (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL,
    method VARCHAR NOT NULL,
    amount DECIMAL(10, 2) NOT NULL,
    state VARCHAR NOT NULL,
    paid_at TIMESTAMP
);
