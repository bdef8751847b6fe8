-- A body in dollars holds semicolons; functions are listed.
-- dialect: postgres
CREATE FUNCTION f() RETURNS int AS $$ BEGIN DELETE FROM t; RETURN 1; END; $$ LANGUAGE plpgsql;
CREATE TABLE t (a int);
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: DELETE is not explained yet; it names t
