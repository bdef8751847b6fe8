-- What is attached as a partition is part of the table from then on.
-- dialect: postgres
CREATE TABLE sales (day int, item int);
CREATE TABLE sales_1 (day int, item int);
ALTER TABLE sales ATTACH PARTITION sales_1 FOR VALUES FROM (1) TO (2);
-- edges:
--   sales_1.day -> sales.day DIRECT IDENTITY
--   sales_1.item -> sales.item DIRECT IDENTITY
