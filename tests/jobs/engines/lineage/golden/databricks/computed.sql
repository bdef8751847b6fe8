-- A generated column comes from those of its row, an identity from nowhere.
-- dialect: databricks
CREATE TABLE t (at TIMESTAMP, day DATE GENERATED ALWAYS AS (CAST(at AS DATE)), id BIGINT GENERATED ALWAYS AS IDENTITY) CLUSTER BY (day);
-- edges:
--   t.at -> t.day DIRECT TRANSFORMATION
