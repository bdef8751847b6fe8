-- Rows of constants as a source have no columns to lead from.
-- dialect: tsql
-- default_schema: dbo
MERGE dbo.colours AS t USING (VALUES (1, 'red'), (2, 'blue')) AS s (id, name) ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name);
-- edges:
--   dbo.colours.id -> dbo.colours.* INDIRECT JOIN
