-- Files are external relations called by their paths, whether read by a function or quoted in FROM.
-- dialect: duckdb
-- default_schema: main
CREATE VIEW v AS SELECT orders.id, price * 2 AS double FROM 'in/orders.parquet' AS orders WHERE paid;
CREATE VIEW w AS SELECT * FROM read_csv('in/Stores.csv', header = true);
CREATE VIEW x AS SELECT r.a FROM read_parquet(['one.parquet', 'two.parquet']) AS r;
CREATE VIEW y AS SELECT * FROM read_json(getvariable('path'));
-- edges:
--   in/orders.parquet.paid -> main.v.* INDIRECT FILTER
--   in/orders.parquet.price -> main.v.double DIRECT TRANSFORMATION
--   in/orders.parquet.id -> main.v.id DIRECT IDENTITY
--   in/Stores.csv.* -> main.w.* DIRECT IDENTITY
--   one.parquet.a -> main.x.a DIRECT IDENTITY
--   two.parquet.a -> main.x.a DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 5: the columns of in/Stores.csv are unknown, so this star stays open
--   DYNAMIC_SQL line 7: what is read through read_json(…) is known only when it runs
