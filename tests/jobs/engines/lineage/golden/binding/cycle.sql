-- Views that define one another are listed; what they say by name is kept.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW a AS SELECT * FROM b;
CREATE VIEW b AS SELECT x, c.y FROM c JOIN raw.orders ON true;
CREATE VIEW c AS SELECT a.x, a.y FROM a;
-- edges:
--   b.* -> a.* DIRECT IDENTITY
--   raw.orders.* -> b.* INDIRECT JOIN
--   c.x -> b.x DIRECT IDENTITY (assumed: its columns are not known)
--   c.y -> b.y DIRECT IDENTITY
--   a.x -> c.x DIRECT IDENTITY
--   a.y -> c.y DIRECT IDENTITY
-- unresolved:
--   CYCLE line 4: views define one another: a → b → c → a
--   CYCLE line 5: views define one another: a → b → c → a
--   CYCLE line 6: views define one another: a → b → c → a
