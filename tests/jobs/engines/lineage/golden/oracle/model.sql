-- MODEL is listed.
-- dialect: oracle
CREATE TABLE sales (year int, product varchar2(9), amount int);
CREATE VIEW v AS SELECT year, product, amount FROM sales MODEL PARTITION BY (product) DIMENSION BY (year) MEASURES (amount) RULES (amount[2025] = amount[2024] * 2);
-- edges:
-- unresolved:
--   SYNTAX line 4: the parser refuses it: it does not know this statement; it names sales
