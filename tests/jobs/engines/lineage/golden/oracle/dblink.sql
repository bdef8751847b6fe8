-- A table behind a database link is a table of its own.
-- dialect: oracle
CREATE VIEW v AS SELECT a FROM shop.t@remote;
-- edges:
--   SHOP.T@REMOTE.A -> V.A DIRECT IDENTITY
