-- JavaScript is listed.
-- dialect: snowflake
CREATE PROCEDURE p() RETURNS STRING LANGUAGE JAVASCRIPT AS $$ return 'INSERT INTO u SELECT a FROM t'; $$;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: this procedure is not explained yet
