-- A column that is changed by its own value flows into itself.
-- dialect: postgres
UPDATE stock SET amount = amount - 1;
-- edges:
--   stock.amount -> stock.amount DIRECT TRANSFORMATION
