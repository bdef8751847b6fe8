-- Hints add to what is found; what both say is one edge.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE known (a int)
CREATE TABLE t (a int)
GO
CREATE PROCEDURE p AS
-- @LINEAGE_INPUTS: dbo.known, [dbo].[t]
INSERT INTO u (z) SELECT a FROM t
-- edges:
--   dbo.known.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
