-- Oracle leaves out FROM.
-- dialect: oracle
DELETE stock s WHERE s.amount = 0;
-- edges:
--   STOCK.AMOUNT -> STOCK.* INDIRECT FILTER
