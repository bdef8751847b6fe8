-- Behind OUTPUT rows of constants may stand, too.
-- dialect: tsql
-- default_schema: dbo
INSERT INTO dbo.stock (item) OUTPUT inserted.item INTO dbo.log VALUES (1), (2)
-- edges:
--   dbo.stock.item -> dbo.log.* DIRECT IDENTITY (its place in the target is not known)
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of dbo.log are unknown
