-- A table whose name is computed is listed and leaves the star open; a literal name is read as it stands.
-- dialect: duckdb
CREATE TABLE feed_sample AS SELECT * FROM query_table(getvariable('feed')) LIMIT 1000;
CREATE VIEW feed_kinds AS SELECT DISTINCT kind FROM query_table(getvariable('feed'));
CREATE VIEW literal AS SELECT a FROM query_table('Raw.Feed');
CREATE VIEW variable AS SELECT f.a, u.b FROM $1 AS f JOIN u ON u.id = f.id;
CREATE VIEW inside AS SELECT * FROM query('SELECT 1 AS one');
-- edges:
--   raw.feed.a -> literal.a DIRECT IDENTITY
--   u.id -> variable.* INDIRECT JOIN
--   u.b -> variable.b DIRECT IDENTITY
-- unresolved:
--   DYNAMIC_SQL line 3: what is read through query_table(…) is known only when it runs
--   DYNAMIC_SQL line 4: what is read through query_table(…) is known only when it runs
--   DYNAMIC_SQL line 6: what is read through the variable 1 is known only when it runs
--   DYNAMIC_SQL line 7: the SQL that query(…) runs is not explained
