-- INSERT ALL without conditions gives each row to all of its tables.
-- dialect: oracle
INSERT ALL INTO days (day) VALUES (day) INTO amounts (day, amount) VALUES (day, qty + 1) SELECT day, qty FROM delivery WHERE ok = 1;
-- edges:
--   DELIVERY.OK -> AMOUNTS.* INDIRECT FILTER
--   DELIVERY.QTY -> AMOUNTS.AMOUNT DIRECT TRANSFORMATION
--   DELIVERY.DAY -> AMOUNTS.DAY DIRECT IDENTITY
--   DELIVERY.OK -> DAYS.* INDIRECT FILTER
--   DELIVERY.DAY -> DAYS.DAY DIRECT IDENTITY
