-- A recursive query leads to where it begins, and to what it adds.
-- dialect: sqlite
CREATE VIEW v AS WITH RECURSIVE r (id, path) AS (SELECT id, name FROM parts WHERE parent IS NULL UNION ALL SELECT p.id, r.path || p.name FROM parts AS p JOIN r ON p.parent = r.id) SELECT id, path FROM r;
-- edges:
--   parts.id -> v.* INDIRECT JOIN
--   parts.parent -> v.* INDIRECT FILTER
--   parts.parent -> v.* INDIRECT JOIN
--   parts.id -> v.id DIRECT IDENTITY
--   parts.name -> v.path DIRECT IDENTITY
--   parts.name -> v.path DIRECT TRANSFORMATION
