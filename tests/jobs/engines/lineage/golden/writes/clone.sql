-- CREATE TABLE CLONE copies the rows, too.
-- dialect: snowflake
CREATE TABLE raw.t (a int, b int);
CREATE TABLE raw.u CLONE raw.t;
-- edges:
--   RAW.T.A -> RAW.U.A DIRECT IDENTITY
--   RAW.T.B -> RAW.U.B DIRECT IDENTITY
