-- A backslash escapes a quotation mark in MySQL.
-- dialect: mysql
CREATE TABLE t (a int);
CREATE VIEW v AS SELECT 'it\'s; ' AS b, a FROM t; # the end
-- edges:
--   t.a -> v.a DIRECT IDENTITY
