-- Functions of T-SQL in FROM: some have fixed columns, XML columns have methods, and some run SQL elsewhere.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int, doc nvarchar(max), x xml)
GO
CREATE VIEW v AS SELECT * FROM t CROSS APPLY STRING_SPLIT(t.doc, ',') AS s
GO
CREATE VIEW w AS SELECT j.* FROM t CROSS APPLY OPENJSON(t.doc) WITH (id int '$.id', name nvarchar(20)) AS j
GO
CREATE VIEW n AS SELECT c.e.value('.', 'int') AS q FROM t CROSS APPLY t.x.nodes('/a') AS c(e)
GO
CREATE VIEW o AS SELECT q.a FROM OPENQUERY(elsewhere, 'SELECT a FROM b') AS q
GO
CREATE VIEW p AS SELECT p.key_of FROM other.dbo.orders_of(3) AS p
-- edges:
--   dbo.t.x -> dbo.n.* INDIRECT JOIN
--   dbo.t.x -> dbo.n.q DIRECT TRANSFORMATION
--   other.dbo.orders_of.key_of -> dbo.p.key_of DIRECT IDENTITY
--   dbo.t.doc -> dbo.v.* INDIRECT JOIN
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
--   dbo.t.doc -> dbo.v.doc DIRECT IDENTITY
--   dbo.t.doc -> dbo.v.value DIRECT TRANSFORMATION
--   dbo.t.x -> dbo.v.x DIRECT IDENTITY
--   dbo.t.doc -> dbo.w.* INDIRECT JOIN
--   dbo.t.doc -> dbo.w.id DIRECT TRANSFORMATION
--   dbo.t.doc -> dbo.w.name DIRECT TRANSFORMATION
-- unresolved:
--   DYNAMIC_SQL line 12: the SQL that openquery(…) runs is not explained
