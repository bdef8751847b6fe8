-- A cross join of constants brings no influence.
-- dialect: postgres
CREATE VIEW v AS SELECT t.a, d.n FROM t CROSS JOIN (VALUES (1), (2)) AS d (n);
-- edges:
--   t.a -> v.a DIRECT IDENTITY
