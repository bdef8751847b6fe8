-- A function with an empty body is listed.
-- dialect: postgres
CREATE FUNCTION f() RETURNS void LANGUAGE sql AS '';
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: this function is not explained yet
