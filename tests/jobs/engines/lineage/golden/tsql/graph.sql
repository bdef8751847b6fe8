-- Tables of a graph, and MATCH over them, are listed.
-- dialect: tsql
CREATE TABLE dbo.people (id int) AS NODE
CREATE TABLE dbo.knows AS EDGE
CREATE VIEW dbo.v AS SELECT a.id FROM dbo.people AS a, dbo.knows AS k, dbo.people AS b WHERE MATCH (a-(k)->b)
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: CREATE TABLE AS TABLE is not explained
--   NOT_SUPPORTED line 4: CREATE TABLE AS TABLE is not explained; it names dbo.knows
--   SYNTAX line 5: the parser refuses it: Required keyword: 'this' missing for MatchAgainst; it names dbo.people
