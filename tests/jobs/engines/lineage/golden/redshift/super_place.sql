-- AT behind an array in FROM, and UNPIVOT of an object, are listed.
-- dialect: redshift
CREATE TABLE orders (id int, lines super, attributes super);
CREATE VIEW v AS SELECT o.id, l.price AS price, i AS place FROM orders AS o, o.lines AS l AT i;
CREATE VIEW w AS SELECT o.id, name, value FROM orders AS o, UNPIVOT o.attributes AS value AT name;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: AtIndex in FROM is not explained; it names orders
--   NOT_SUPPORTED line 5: Pivot in FROM is not explained; it names orders
