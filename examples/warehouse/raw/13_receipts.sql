-- Receipts of all tills, sent over night.
CREATE TABLE raw.receipts (
    receipt_no VARCHAR PRIMARY KEY,
    store_id INTEGER NOT NULL,
    card_no VARCHAR,
    sold_at TIMESTAMP NOT NULL
);
