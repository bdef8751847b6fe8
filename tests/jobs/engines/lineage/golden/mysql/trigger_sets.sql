-- A trigger before INSERT that sets a column of NEW changes its table.
-- dialect: mysql
CREATE TABLE t (a int, b int);
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.b = (SELECT MAX(c) FROM u WHERE u.a = NEW.a);
-- edges:
--   t.a -> t.* INDIRECT FILTER
--   u.a -> t.* INDIRECT FILTER
--   u.c -> t.b DIRECT AGGREGATION
