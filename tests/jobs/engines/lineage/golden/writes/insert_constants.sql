-- Constants have no source; that a row has too many of them is seen without a parser.
-- dialect: duckdb
CREATE TABLE t (a int, b varchar);
INSERT INTO t (a, b) VALUES (1, 'x'), (-2, NULL);
INSERT INTO t VALUES (1, 'x', 2);
INSERT INTO u (c, d) VALUES (1, 2);
CREATE VIEW v AS SELECT c FROM u;
-- edges:
--   u.c -> v.c DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 5: the query gives 3 and t takes 2 columns
