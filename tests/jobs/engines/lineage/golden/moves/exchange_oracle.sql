-- EXCHANGE PARTITION exchanges the rows of a partition and of a table.
-- dialect: oracle
CREATE TABLE sales (day INT);
CREATE TABLE loaded (day INT);
ALTER TABLE sales EXCHANGE PARTITION p1 WITH TABLE loaded INCLUDING INDEXES;
-- edges:
--   SALES.DAY -> LOADED.DAY DIRECT IDENTITY
--   LOADED.DAY -> SALES.DAY DIRECT IDENTITY
