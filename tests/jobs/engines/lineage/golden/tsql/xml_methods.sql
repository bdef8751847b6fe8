-- Methods of an XML column read that column.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (id int, doc xml);
GO
CREATE VIEW v AS SELECT id, doc.value('(/a)[1]', 'int') AS a, dbo.f(id) AS b FROM t
-- edges:
--   dbo.t.doc -> dbo.v.a DIRECT TRANSFORMATION
--   dbo.t.id -> dbo.v.b DIRECT TRANSFORMATION
--   dbo.t.id -> dbo.v.id DIRECT IDENTITY
