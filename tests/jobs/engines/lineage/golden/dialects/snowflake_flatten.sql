-- All columns of FLATTEN come from what it flattens.
-- dialect: snowflake
CREATE TABLE raw.t (id int, doc variant);
CREATE VIEW mart.v AS SELECT t.id, f.value:name::string AS name, f.index AS i FROM raw.t, LATERAL FLATTEN(input => t.doc:items) f;
-- edges:
--   RAW.T.DOC -> MART.V.* INDIRECT JOIN
--   RAW.T.DOC -> MART.V.I DIRECT TRANSFORMATION
--   RAW.T.ID -> MART.V.ID DIRECT IDENTITY
--   RAW.T.DOC -> MART.V.NAME DIRECT TRANSFORMATION
