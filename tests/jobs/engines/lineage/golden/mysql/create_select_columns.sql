-- CREATE TABLE … SELECT with columns of its own is listed: MySQL puts those of the query behind them.
-- dialect: mysql
CREATE TABLE x (id int AUTO_INCREMENT PRIMARY KEY) SELECT a, b FROM t;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: CREATE TABLE … SELECT with columns of its own is not explained; it names t
