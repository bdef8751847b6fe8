-- A path behind a colon is part of its column.
-- dialect: snowflake
CREATE VIEW v AS SELECT doc:a.b::string AS x, t.doc:items[0].name AS y FROM t;
-- edges:
--   T.DOC -> V.X DIRECT TRANSFORMATION
--   T.DOC -> V.Y DIRECT TRANSFORMATION
