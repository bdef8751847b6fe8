-- CTAS with keys has the columns of its query.
-- dialect: redshift
CREATE TABLE t DISTKEY (a) SORTKEY (b) AS SELECT x AS a, y AS b FROM u;
-- edges:
--   u.x -> t.a DIRECT IDENTITY
--   u.y -> t.b DIRECT IDENTITY
