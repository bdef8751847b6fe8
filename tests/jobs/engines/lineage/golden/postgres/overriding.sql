-- OVERRIDING USER VALUE is refused by the parser, and listed.
-- dialect: postgres
CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b int);
INSERT INTO t (b) OVERRIDING USER VALUE SELECT y FROM s;
-- edges:
-- unresolved:
--   SYNTAX line 4: the parser refuses it: Invalid expression / Unexpected token; it names t, s
