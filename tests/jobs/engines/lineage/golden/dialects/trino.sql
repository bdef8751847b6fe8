-- Trino reads three-part names.
-- dialect: trino
CREATE TABLE lake.raw.t (a integer);
CREATE VIEW lake.mart.v AS SELECT t.a, lake.raw.t.a AS b FROM lake.raw.t;
-- edges:
--   lake.raw.t.a -> lake.mart.v.a DIRECT IDENTITY
--   lake.raw.t.a -> lake.mart.v.b DIRECT IDENTITY
