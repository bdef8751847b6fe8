-- A function of several statements leads from what they read to what they write.
-- dialect: postgres
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ DELETE FROM a; SELECT max(b) FROM c $$;
-- edges:
--   f.* -> a.* INDIRECT DEPENDENCY
--   c.* -> f.* INDIRECT DEPENDENCY
