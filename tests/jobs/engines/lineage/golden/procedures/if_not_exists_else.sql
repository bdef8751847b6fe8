-- A condition decides about both branches, and about nothing behind them.
-- dialect: tsql
-- default_schema: dbo
IF NOT EXISTS (SELECT 1 FROM switch WHERE is_on = 1) INSERT INTO u (z) SELECT a FROM t ELSE INSERT INTO v (z) SELECT a FROM t
INSERT INTO w (z) SELECT a FROM t
-- edges:
--   dbo.switch.is_on -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
--   dbo.switch.is_on -> dbo.v.* INDIRECT FILTER
--   dbo.t.a -> dbo.v.z DIRECT IDENTITY
--   dbo.t.a -> dbo.w.z DIRECT IDENTITY
