-- PostgreSQL folds unquoted names to small letters.
-- dialect: postgres
CREATE TABLE raw.t ("Id" int, name text);
CREATE VIEW mart.v AS SELECT "Id", NAME, id AS lost FROM RAW.T;
-- edges:
--   raw.t.Id -> mart.v.Id DIRECT IDENTITY
--   raw.t.name -> mart.v.name DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 4: id fits no source in reach
