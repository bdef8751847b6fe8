-- MERGE with REMOVE DUPLICATES is listed.
-- dialect: redshift
CREATE TABLE stock (item int, qty int);
CREATE TABLE delivery (item int, qty int);
MERGE INTO stock USING delivery ON stock.item = delivery.item REMOVE DUPLICATES;
-- edges:
-- unresolved:
--   SYNTAX line 5: the parser refuses it: Required keyword: 'expressions' missing for Whens; it names stock, delivery
