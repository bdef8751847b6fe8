-- TOP and hints are passed over.
-- dialect: tsql
-- default_schema: dbo
UPDATE TOP (10) dbo.jobs WITH (ROWLOCK, READPAST) SET owner = wanted WHERE owner IS NULL OPTION (MAXDOP 1)
-- edges:
--   dbo.jobs.owner -> dbo.jobs.* INDIRECT FILTER
--   dbo.jobs.wanted -> dbo.jobs.owner DIRECT IDENTITY
