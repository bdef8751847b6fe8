-- A body in dollars holds semicolons; a function stands between what it reads and writes.
-- dialect: postgres
CREATE FUNCTION f() RETURNS int AS $$ BEGIN DELETE FROM t; RETURN 1; END; $$ LANGUAGE plpgsql;
CREATE TABLE t (a int);
-- edges:
--   f.* -> t.* INDIRECT DEPENDENCY
