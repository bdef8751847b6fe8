-- Redshift folds every name.
-- dialect: redshift
CREATE TABLE raw.t ("A" int);
CREATE VIEW mart.v AS SELECT a FROM raw.t;
-- edges:
--   raw.t.a -> mart.v.a DIRECT IDENTITY
