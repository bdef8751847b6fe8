-- The web server's log, one row a page.
CREATE TABLE raw.page_views (
    visitor VARCHAR NOT NULL,
    customer_id INTEGER,
    path VARCHAR NOT NULL,
    viewed_at TIMESTAMP NOT NULL
);
