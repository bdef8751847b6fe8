-- _TABLE_SUFFIX is a column of the wildcard table, _PARTITIONTIME one of the partitioned table.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT a, _TABLE_SUFFIX AS day FROM `shop.events_*` WHERE _TABLE_SUFFIX > '20240101';
CREATE VIEW shop.w AS SELECT a FROM shop.t WHERE _PARTITIONTIME > TIMESTAMP '2024-01-01';
-- edges:
--   shop.events_*._table_suffix -> shop.v.* INDIRECT FILTER
--   shop.events_*.a -> shop.v.a DIRECT IDENTITY
--   shop.events_*._table_suffix -> shop.v.day DIRECT IDENTITY
--   shop.t._partitiontime -> shop.w.* INDIRECT FILTER
--   shop.t.a -> shop.w.a DIRECT IDENTITY
