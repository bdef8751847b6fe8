-- TABLE(…) and IDENTIFIER(…) hold a function, a name, or what nobody knows before it runs.
-- dialect: snowflake
CREATE VIEW a AS SELECT f.value, f.* FROM t, TABLE(FLATTEN(input => t.doc)) AS f;
CREATE VIEW b AS SELECT x FROM IDENTIFIER('raw.feed');
CREATE VIEW c AS SELECT x FROM TABLE('raw.feed');
CREATE VIEW d AS SELECT x FROM IDENTIFIER($feed);
CREATE VIEW e AS SELECT x FROM TABLE(:feed);
CREATE VIEW f AS SELECT o.x FROM TABLE(orders_of(1)) AS o;
-- edges:
--   T.DOC -> A.* INDIRECT JOIN
--   T.DOC -> A.INDEX DIRECT TRANSFORMATION
--   T.DOC -> A.KEY DIRECT TRANSFORMATION
--   T.DOC -> A.PATH DIRECT TRANSFORMATION
--   T.DOC -> A.SEQ DIRECT TRANSFORMATION
--   T.DOC -> A.THIS DIRECT TRANSFORMATION
--   T.DOC -> A.VALUE DIRECT TRANSFORMATION
--   RAW.FEED.X -> B.X DIRECT IDENTITY
--   RAW.FEED.X -> C.X DIRECT IDENTITY
--   ORDERS_OF.X -> F.X DIRECT IDENTITY
-- unresolved:
--   DYNAMIC_SQL line 6: what is read through identifier(…) is known only when it runs
--   DYNAMIC_SQL line 7: what is read through the variable feed is known only when it runs
