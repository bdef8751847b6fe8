-- A name may have a server and a database; a missing schema is the default one.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT a.x, b.y FROM srv.shop.dbo.t AS a JOIN shop..u AS b ON a.k = b.k
-- edges:
--   shop.dbo.u.k -> dbo.v.* INDIRECT JOIN
--   srv.shop.dbo.t.k -> dbo.v.* INDIRECT JOIN
--   srv.shop.dbo.t.x -> dbo.v.x DIRECT IDENTITY
--   shop.dbo.u.y -> dbo.v.y DIRECT IDENTITY
