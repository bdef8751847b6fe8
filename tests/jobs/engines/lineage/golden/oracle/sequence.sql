-- NEXTVAL of a sequence comes from no table, though it looks like a column.
-- dialect: oracle
INSERT INTO t (a, b) SELECT numbers.NEXTVAL, x FROM s;
-- edges:
--   S.X -> T.B DIRECT IDENTITY
