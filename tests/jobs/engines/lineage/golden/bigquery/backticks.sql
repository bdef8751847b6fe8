-- Backticks may enclose a whole path; project, dataset and table are its parts.
-- dialect: bigquery
CREATE VIEW `my-project.shop.v` AS SELECT a FROM `my-project.shop.t`;
-- edges:
--   my-project.shop.t.a -> my-project.shop.v.a DIRECT IDENTITY
