-- The target's alias stands for the relation, on both sides.
-- dialect: postgres
UPDATE stock AS s SET amount = s.counted WHERE s.place = 'shop';
-- edges:
--   stock.place -> stock.* INDIRECT FILTER
--   stock.counted -> stock.amount DIRECT IDENTITY
