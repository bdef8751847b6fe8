-- RETURN takes an expression in the place of a string.
-- dialect: postgres
CREATE FUNCTION add_up(a int, b int) RETURNS int LANGUAGE sql RETURN a + b;
-- edges:
