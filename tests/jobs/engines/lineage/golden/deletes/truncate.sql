-- TRUNCATE moves no data and is not listed.
-- dialect: postgres
CREATE TABLE stock (item int);
TRUNCATE TABLE stock;
-- edges:
