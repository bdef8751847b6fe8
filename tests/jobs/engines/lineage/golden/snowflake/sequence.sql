-- NEXTVAL of a sequence is no column of the table.
-- dialect: snowflake
INSERT INTO t (a, b) SELECT numbers.NEXTVAL, x FROM s;
-- edges:
--   S.X -> T.B DIRECT IDENTITY
