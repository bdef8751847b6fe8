-- A FLATTEN of a FLATTEN leads to the first column.
-- dialect: snowflake
CREATE VIEW v AS SELECT g.value AS x FROM t, LATERAL FLATTEN(INPUT => t.doc) f, LATERAL FLATTEN(INPUT => f.value:parts) g;
-- edges:
--   T.DOC -> V.* INDIRECT JOIN
--   T.DOC -> V.X DIRECT TRANSFORMATION
