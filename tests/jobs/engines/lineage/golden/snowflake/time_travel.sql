-- AT and BEFORE look at the same table earlier.
-- dialect: snowflake
CREATE TABLE t_before CLONE t AT (OFFSET => -3600);
CREATE VIEW v AS SELECT a FROM t AT (TIMESTAMP => '2024-01-01'::timestamp);
-- edges:
--   T.* -> T_BEFORE.* DIRECT IDENTITY
--   T.A -> V.A DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 3: the columns of t are unknown, so this star stays open
