-- A DELETE without a condition is explained and makes no edge.
-- dialect: postgres
DELETE FROM stock;
-- edges:
