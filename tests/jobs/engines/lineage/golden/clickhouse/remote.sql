-- remote and postgresql name a table of another server, cluster one of every server.
-- dialect: clickhouse
CREATE VIEW v AS SELECT a FROM remote('host:9000', 'shop', 't');
CREATE VIEW x AS SELECT a FROM postgresql('host:5432', 'db', 'orders', 'user', 'secret');
CREATE VIEW y AS SELECT a FROM cluster('c', shop.t);
-- edges:
--   host:9000.shop.t.a -> v.a DIRECT IDENTITY
--   host:5432.db.orders.a -> x.a DIRECT IDENTITY
--   shop.t.a -> y.a DIRECT IDENTITY
