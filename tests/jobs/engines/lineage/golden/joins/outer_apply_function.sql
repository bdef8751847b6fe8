-- A function behind APPLY takes its arguments from the left.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT t.a, f.price FROM dbo.t AS t OUTER APPLY dbo.price_of(t.item, t.day) AS f
-- edges:
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
--   dbo.price_of.price -> dbo.v.price DIRECT IDENTITY
--   dbo.t.day -> dbo.v.price DIRECT TRANSFORMATION
--   dbo.t.item -> dbo.v.price DIRECT TRANSFORMATION
