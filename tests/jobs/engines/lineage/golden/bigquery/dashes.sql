-- A project with dashes needs no backticks.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT a FROM my-project.shop.t;
-- edges:
--   my-project.shop.t.a -> shop.v.a DIRECT IDENTITY
