-- DEFAULT among inserted values has no source.
-- dialect: tsql
-- default_schema: dbo
MERGE dbo.t AS t USING dbo.s AS s ON t.k = s.k WHEN NOT MATCHED THEN INSERT (k, a) VALUES (s.k, DEFAULT);
-- edges:
--   dbo.s.k -> dbo.t.* INDIRECT JOIN
--   dbo.t.k -> dbo.t.* INDIRECT JOIN
--   dbo.s.k -> dbo.t.k DIRECT IDENTITY
