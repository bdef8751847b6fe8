-- USING adds relations that decide about rows.
-- dialect: postgres
DELETE FROM stock USING retired AS r WHERE r.item = stock.item AND r.day < current_date;
-- edges:
--   retired.day -> stock.* INDIRECT FILTER
--   retired.item -> stock.* INDIRECT FILTER
--   stock.item -> stock.* INDIRECT FILTER
