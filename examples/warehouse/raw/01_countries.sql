-- Where the shop may send parcels, and which tax applies there.
CREATE TABLE raw.countries (
    code VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    vat_rate DECIMAL(5, 4) NOT NULL
);
