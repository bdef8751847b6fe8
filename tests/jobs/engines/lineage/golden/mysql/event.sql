-- An event is listed, with the tables that it names.
-- dialect: mysql
CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO INSERT INTO x (a) SELECT a FROM t;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: CREATE EVENT is not explained yet; it names x, t
