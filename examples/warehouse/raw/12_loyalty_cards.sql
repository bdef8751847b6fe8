-- Ties a card shown at the till to a customer of the web shop.
CREATE TABLE raw.loyalty_cards (
    card_no VARCHAR PRIMARY KEY,
    customer_id INTEGER NOT NULL,
    issued_on DATE NOT NULL
);
