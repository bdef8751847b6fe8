-- UPDATE of an inline view is listed.
-- dialect: oracle
UPDATE (SELECT t.a, s.b FROM t JOIN s ON s.k = t.k) SET a = b;
-- edges:
-- unresolved:
--   SYNTAX line 3: the parser refuses it: Invalid expression / Unexpected token; it names t, s
