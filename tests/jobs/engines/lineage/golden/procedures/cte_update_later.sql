-- Statements that are not explained do not hide the next ones.
-- dialect: tsql
-- default_schema: dbo
WITH c AS (SELECT a FROM t) INSERT INTO u (z) SELECT a FROM c
INSERT INTO v (z) SELECT a FROM t
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
--   dbo.t.a -> dbo.v.z DIRECT IDENTITY
