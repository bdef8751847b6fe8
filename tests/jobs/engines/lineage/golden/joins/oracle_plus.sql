-- A plus in parentheses marks the optional side; the condition is one of WHERE.
-- dialect: oracle
CREATE VIEW v AS SELECT t.a, u.b FROM t, u WHERE t.k = u.k (+);
-- edges:
--   T.K -> V.* INDIRECT FILTER
--   U.K -> V.* INDIRECT FILTER
--   T.A -> V.A DIRECT IDENTITY
--   U.B -> V.B DIRECT IDENTITY
