-- A body in another language is listed.
-- dialect: postgres
CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ return 1 $$;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: this function is not explained yet
