-- Goods in and goods out; a sale is a negative change.
CREATE TABLE raw.stock_movements (
    product_id INTEGER NOT NULL,
    moved_at TIMESTAMP NOT NULL,
    change INTEGER NOT NULL,
    cause VARCHAR NOT NULL
);
