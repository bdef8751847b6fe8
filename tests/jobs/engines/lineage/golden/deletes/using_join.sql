-- Joins inside of USING decide, too.
-- dialect: postgres
DELETE FROM stock AS s USING retired AS r LEFT JOIN reasons AS w ON w.id = r.reason WHERE r.item = s.item;
-- edges:
--   reasons.id -> stock.* INDIRECT JOIN
--   retired.item -> stock.* INDIRECT FILTER
--   retired.reason -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT FILTER
