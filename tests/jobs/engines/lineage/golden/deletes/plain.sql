-- A DELETE has no values: what decides about its rows influences the relation as a whole.
-- dialect: postgres
DELETE FROM stock WHERE amount = 0 AND NOT reserved;
-- edges:
--   stock.amount -> stock.* INDIRECT FILTER
--   stock.reserved -> stock.* INDIRECT FILTER
