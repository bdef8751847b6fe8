-- A table with a wildcard is read under that name.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT a FROM `shop.events_*` WHERE _TABLE_SUFFIX > '2024';
-- edges:
--   shop.events_*._table_suffix -> shop.v.* INDIRECT FILTER
--   shop.events_*.a -> shop.v.a DIRECT IDENTITY
