-- FLATTEN gives rows of its argument; VALUE comes from the column that it unfolds.
-- dialect: snowflake
CREATE VIEW v AS SELECT t.id, f.value:name::string AS name, f.index AS at FROM t, LATERAL FLATTEN(INPUT => t.items, OUTER => TRUE) AS f;
-- edges:
--   T.ITEMS -> V.* INDIRECT JOIN
--   T.ITEMS -> V.AT DIRECT TRANSFORMATION
--   T.ID -> V.ID DIRECT IDENTITY
--   T.ITEMS -> V.NAME DIRECT TRANSFORMATION
