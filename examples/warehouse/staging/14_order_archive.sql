-- Keeps closed orders after the web shop has deleted them.
CREATE TABLE staging.order_archive (
    order_id INTEGER,
    customer_id INTEGER,
    placed_on DATE,
    paid DECIMAL(12, 2),
    state VARCHAR
);
