-- Keys of a table are no columns.
-- dialect: redshift
CREATE TABLE t (a int, b varchar(10)) DISTSTYLE KEY DISTKEY (a) SORTKEY (b);
INSERT INTO t SELECT x, y FROM u;
-- edges:
--   u.x -> t.a DIRECT IDENTITY
--   u.y -> t.b DIRECT IDENTITY
