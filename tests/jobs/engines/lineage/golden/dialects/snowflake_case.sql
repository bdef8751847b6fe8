-- Snowflake keeps unquoted names in capitals: foo and "FOO" meet, "foo" is another.
-- dialect: snowflake
CREATE TABLE raw.t (foo int, "foo" int);
CREATE VIEW mart.v AS SELECT FOO AS a, "FOO" AS b, "foo" AS c FROM RAW."T";
-- edges:
--   RAW.T.FOO -> MART.V.A DIRECT IDENTITY
--   RAW.T.FOO -> MART.V.B DIRECT IDENTITY
--   RAW.T.foo -> MART.V.C DIRECT IDENTITY
