-- A synonym of a relation that nobody defines stays open.
-- dialect: tsql
-- default_schema: dbo
CREATE SYNONYM dbo.s FOR other.dbo.t
-- edges:
--   other.dbo.t.* -> dbo.s.* DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of other.dbo.t are unknown, so this star stays open
