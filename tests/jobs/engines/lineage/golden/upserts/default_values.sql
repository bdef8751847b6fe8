-- A row of defaults makes no edge.
-- dialect: postgres
INSERT INTO stock DEFAULT VALUES;
-- edges:
