-- A partitioned outer join is listed.
-- dialect: oracle
CREATE TABLE t (a int, d int);
CREATE TABLE days (d int);
CREATE VIEW v AS SELECT t.a, days.d FROM t PARTITION BY (t.a) RIGHT OUTER JOIN days ON t.d = days.d;
-- edges:
-- unresolved:
--   SYNTAX line 5: the parser refuses it: it does not know this statement; it names t, days
