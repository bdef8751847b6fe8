-- CONTAINSTABLE is a relation of its own; that it searches a table which its argument names is listed.
-- dialect: tsql
CREATE TABLE dbo.t (id int, body nvarchar(max))
CREATE VIEW dbo.v AS SELECT t.id, k.[RANK] AS r FROM dbo.t AS t JOIN CONTAINSTABLE(dbo.t, body, 'x') AS k ON k.[KEY] = t.id
-- edges:
--   containstable.key -> dbo.v.* INDIRECT JOIN
--   dbo.t.body -> dbo.v.* INDIRECT JOIN
--   dbo.t.id -> dbo.v.* INDIRECT JOIN
--   dbo.t.id -> dbo.v.id DIRECT IDENTITY
--   containstable.rank -> dbo.v.r DIRECT IDENTITY
--   dbo.t.body -> dbo.v.r DIRECT TRANSFORMATION
-- unresolved:
--   UNBOUND_COLUMN line 4: dbo.t fits no source in reach
