-- Parts are moved, replaced and attached between tables.
-- dialect: clickhouse
CREATE TABLE a (x Int);
ALTER TABLE a MOVE PARTITION '2024' TO TABLE b;
ALTER TABLE a REPLACE PARTITION '2024' FROM c;
-- edges:
--   c.* -> a.* DIRECT IDENTITY
--   a.x -> b.x DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 5: the columns of c are unknown, so this star stays open
