-- A table function in a schema, behind TABLE, is listed: nobody knows what it reads.
-- dialect: trino
CREATE VIEW v AS SELECT a FROM TABLE(shop.system.items(5));
-- edges:
-- unresolved:
--   DYNAMIC_SQL line 3: what is read through table(…) is known only when it runs
