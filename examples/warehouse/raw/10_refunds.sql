-- Money sent back for a line of a web order, in the currency of the order.
CREATE TABLE raw.refunds (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL,
    line_no INTEGER NOT NULL,
    amount DECIMAL(10, 2) NOT NULL,
    reason VARCHAR,
    refunded_at TIMESTAMP NOT NULL
);
