-- IDENTIFIER of a string is the relation that it names.
-- dialect: snowflake
CREATE TABLE t (a INT);
CREATE VIEW v AS SELECT a FROM IDENTIFIER('T');
-- edges:
--   T.A -> V.A DIRECT IDENTITY
