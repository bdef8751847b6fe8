-- The tree of categories; a root has no parent.
CREATE TABLE raw.categories (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER,
    name VARCHAR NOT NULL
);
