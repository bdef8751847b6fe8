-- APPEND FROM moves all rows of another table.
-- dialect: redshift
CREATE TABLE stock (item int);
CREATE TABLE loaded (item int);
ALTER TABLE stock APPEND FROM loaded;
-- edges:
--   loaded.item -> stock.item DIRECT IDENTITY
