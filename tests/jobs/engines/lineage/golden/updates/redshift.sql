-- Redshift needs an alias to join the target with itself.
-- dialect: redshift
UPDATE stock SET price = n.price FROM stock AS x JOIN news AS n ON n.item = x.item WHERE x.item = stock.item;
-- edges:
--   news.item -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT FILTER
--   stock.item -> stock.* INDIRECT JOIN
--   news.price -> stock.price DIRECT IDENTITY
