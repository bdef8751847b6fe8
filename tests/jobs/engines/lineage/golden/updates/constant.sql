-- A constant has no source, but what decides about its rows is an influence.
-- dialect: postgres
UPDATE stock SET checked = true, amount = DEFAULT WHERE amount < 0;
-- edges:
--   stock.amount -> stock.* INDIRECT FILTER
