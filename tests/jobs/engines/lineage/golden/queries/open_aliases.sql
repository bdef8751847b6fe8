-- Column aliases over unknown columns come from the relation as a whole.
-- dialect: duckdb
CREATE VIEW mart.o AS SELECT d.a FROM (SELECT * FROM ext.t) AS d(a, b);
CREATE VIEW mart.p AS SELECT e.a, e.c FROM ext.t AS e(a, b);
-- edges:
--   ext.t.* -> mart.o.a DIRECT IDENTITY
--   ext.t.* -> mart.p.a DIRECT IDENTITY
--   ext.t.c -> mart.p.c DIRECT IDENTITY
