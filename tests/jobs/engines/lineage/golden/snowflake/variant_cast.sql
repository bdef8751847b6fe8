-- A cast behind a path changes the value.
-- dialect: snowflake
CREATE VIEW v AS SELECT src:customer.id::int AS id, src['a']['b'] AS b FROM raw;
-- edges:
--   RAW.SRC -> V.B DIRECT TRANSFORMATION
--   RAW.SRC -> V.ID DIRECT TRANSFORMATION
