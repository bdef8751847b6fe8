-- A recursive query carries the columns of its start through every round.
-- dialect: duckdb
CREATE TABLE raw.parts (part int, parent int, cost int);
CREATE VIEW mart.p AS WITH RECURSIVE up(part, total) AS (SELECT part, cost FROM raw.parts WHERE parent IS NULL UNION ALL SELECT p.part, u.total + p.cost FROM raw.parts p JOIN up u ON p.parent = u.part) SELECT part, total FROM up;
-- edges:
--   raw.parts.parent -> mart.p.* INDIRECT FILTER
--   raw.parts.parent -> mart.p.* INDIRECT JOIN
--   raw.parts.part -> mart.p.* INDIRECT JOIN
--   raw.parts.part -> mart.p.part DIRECT IDENTITY
--   raw.parts.cost -> mart.p.total DIRECT IDENTITY
--   raw.parts.cost -> mart.p.total DIRECT TRANSFORMATION
