-- INSERT ALL gives a row to every table whose condition it meets.
-- dialect: snowflake
INSERT ALL WHEN qty > 100 THEN INTO big (item) VALUES (article) INTO bigger (item) VALUES (article) WHEN qty > 10 THEN INTO middle (item) VALUES (article) SELECT article, qty FROM delivery;
-- edges:
--   DELIVERY.QTY -> BIG.* INDIRECT FILTER
--   DELIVERY.ARTICLE -> BIG.ITEM DIRECT IDENTITY
--   DELIVERY.QTY -> BIGGER.* INDIRECT FILTER
--   DELIVERY.ARTICLE -> BIGGER.ITEM DIRECT IDENTITY
--   DELIVERY.QTY -> MIDDLE.* INDIRECT FILTER
--   DELIVERY.ARTICLE -> MIDDLE.ITEM DIRECT IDENTITY
