-- A late-binding view keeps the names of what does not exist yet.
-- dialect: redshift
CREATE VIEW report AS SELECT s.id, e.amount FROM spectrum.events AS e JOIN shop.sales AS s ON s.id = e.id WITH NO SCHEMA BINDING;
-- edges:
--   shop.sales.id -> report.* INDIRECT JOIN
--   spectrum.events.id -> report.* INDIRECT JOIN
--   spectrum.events.amount -> report.amount DIRECT IDENTITY
--   shop.sales.id -> report.id DIRECT IDENTITY
