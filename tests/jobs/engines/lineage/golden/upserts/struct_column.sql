-- A value for one column may be an array or a structure of several.
-- dialect: bigquery
INSERT shop.people (name, address) SELECT n, STRUCT(c AS city, z AS zip) FROM shop.raw;
-- edges:
--   shop.raw.c -> shop.people.address DIRECT TRANSFORMATION
--   shop.raw.z -> shop.people.address DIRECT TRANSFORMATION
--   shop.raw.n -> shop.people.name DIRECT IDENTITY
