-- A database link is part of the relation's name.
-- dialect: oracle
CREATE VIEW v AS SELECT a FROM shop.t@other;
-- edges:
--   SHOP.T@OTHER.A -> V.A DIRECT IDENTITY
