-- TOP of an INSERT is passed over; hints of the target are, too.
-- dialect: tsql
-- default_schema: dbo
INSERT TOP (5) INTO dbo.t WITH (TABLOCK) (a) SELECT b FROM dbo.u ORDER BY c
-- edges:
--   dbo.u.b -> dbo.t.a DIRECT IDENTITY
