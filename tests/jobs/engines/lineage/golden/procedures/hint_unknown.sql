-- A hint that names what the catalog does not know is listed, and is no edge.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS
-- @LINEAGE_INPUTS: dbo.Nope, Nope
-- @LINEAGE_OUTPUTS: [dbo].[No Such Table]
PRINT 'x'
-- edges:
-- unresolved:
--   UNKNOWN_HINT line 5: a hint names dbo.Nope, which the catalog does not know
--   UNKNOWN_HINT line 5: a hint names Nope, which the catalog does not know
--   UNKNOWN_HINT line 6: a hint names dbo.No Such Table, which the catalog does not know
