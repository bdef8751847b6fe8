-- A field of a structure is part of its column, with and without the table before it.
-- dialect: bigquery
CREATE TABLE d.people (id INT64, address STRUCT<city STRING, zip STRING>);
CREATE VIEW d.v AS SELECT address.city AS a, p.address.zip AS b FROM d.people AS p;
-- edges:
--   d.people.address -> d.v.a DIRECT TRANSFORMATION
--   d.people.address -> d.v.b DIRECT TRANSFORMATION
