-- A star of a structure shows fields that nobody declares: it stays open.
-- dialect: bigquery
CREATE TABLE d.people (id INT64, address STRUCT<city STRING>);
CREATE VIEW d.v AS SELECT id, address.* FROM d.people;
-- edges:
--   d.people.address -> d.v.* DIRECT TRANSFORMATION
--   d.people.id -> d.v.id DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of the structure address are unknown, so this star stays open
