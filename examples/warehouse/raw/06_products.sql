-- What is sold, with prices in euros.
CREATE TABLE raw.products (
    id INTEGER PRIMARY KEY,
    sku VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    category_id INTEGER,
    list_price DECIMAL(10, 2) NOT NULL,
    cost_price DECIMAL(10, 2),
    discontinued_on DATE
);
