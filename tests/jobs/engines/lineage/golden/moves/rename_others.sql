-- Renaming a constraint moves no data; renaming a column is listed.
-- dialect: postgres
CREATE TABLE stock (item int);
ALTER TABLE stock RENAME CONSTRAINT a TO b;
ALTER TABLE stock RENAME COLUMN item TO article;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 5: ALTER TABLE is not explained yet; it names stock
