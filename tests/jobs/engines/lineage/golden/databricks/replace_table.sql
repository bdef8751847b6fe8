-- CREATE OR REPLACE TABLE … AS has the columns of its query; properties are none.
-- dialect: databricks
CREATE OR REPLACE TABLE main.t USING DELTA PARTITIONED BY (day) TBLPROPERTIES ('a' = 'b') AS SELECT x, day FROM main.u;
-- edges:
--   main.u.day -> main.t.day DIRECT IDENTITY
--   main.u.x -> main.t.x DIRECT IDENTITY
