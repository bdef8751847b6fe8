-- A macro of constants has a column and no source.
-- dialect: duckdb
CREATE MACRO three() AS TABLE VALUES (1), (2), (3);
-- edges:
