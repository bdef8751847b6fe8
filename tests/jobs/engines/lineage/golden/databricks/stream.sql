-- STREAM reads the table, or the files, behind it.
-- dialect: databricks
CREATE VIEW v AS SELECT s.a FROM STREAM(t) AS s;
CREATE VIEW w AS SELECT a FROM STREAM read_files('/in');
-- edges:
--   t.a -> v.a DIRECT IDENTITY
--   /in.a -> w.a DIRECT IDENTITY
