-- A function of several statements is listed.
-- dialect: postgres
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ DELETE FROM a; SELECT max(b) FROM c $$;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: this function is not explained yet
