-- ILIKE of a star takes no notice of capitals.
-- dialect: snowflake
CREATE TABLE t (a_id INT, b_id INT, c INT);
CREATE VIEW v AS SELECT * ILIKE '%ID' FROM t;
-- edges:
--   T.A_ID -> V.A_ID DIRECT IDENTITY
--   T.B_ID -> V.B_ID DIRECT IDENTITY
