-- SET and RENAME of pipe syntax are refused by the parser, and listed.
-- dialect: bigquery
CREATE TABLE shop.t (a INT64, b INT64);
CREATE VIEW shop.v AS FROM shop.t |> SET b = a * 2 |> SELECT b;
-- edges:
-- unresolved:
--   SYNTAX line 4: the parser refuses it: Unsupported pipe syntax operator: 'SET'; it names shop.t
