-- Items on a receipt; the amount includes tax and is in the currency of the store's country.
CREATE TABLE raw.receipt_items (
    receipt_no VARCHAR NOT NULL,
    item_no INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    amount DECIMAL(10, 2) NOT NULL
);
