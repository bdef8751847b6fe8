-- TABLE of a column unfolds a nested table.
-- dialect: oracle
CREATE VIEW v AS SELECT t.id, x.name FROM t, TABLE(t.items) x;
-- edges:
--   T.ITEMS -> V.* INDIRECT JOIN
--   T.ID -> V.ID DIRECT IDENTITY
--   T.ITEMS -> V.NAME DIRECT TRANSFORMATION
