-- INSERT of constants is explained, and has no edges.
-- dialect: duckdb
CREATE TABLE mart.x (a int, b int);
INSERT INTO mart.x VALUES (1, 2), (3, 4);
-- edges:
