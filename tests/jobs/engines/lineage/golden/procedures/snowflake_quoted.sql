-- A body in single quotes is read, with its doubled quotes.
-- dialect: snowflake
CREATE PROCEDURE p() RETURNS STRING LANGUAGE SQL AS 'BEGIN INSERT INTO u (z) SELECT a FROM t WHERE b = ''x''; RETURN ''ok''; END';
-- edges:
--   T.* -> P.* INDIRECT DEPENDENCY
--   P.* -> U.* INDIRECT DEPENDENCY
--   T.B -> U.* INDIRECT FILTER
--   T.A -> U.Z DIRECT IDENTITY
