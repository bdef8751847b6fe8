-- A function in another language is listed.
-- dialect: postgres
CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpython3u AS $$ return a $$;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: this function is not explained yet
