-- VALUES is a query.
-- dialect: sqlite
CREATE VIEW v (a, b) AS VALUES (1, 2), (3, 4);
-- edges:
