-- json_to_recordset has the columns that its alias declares.
-- dialect: postgres
CREATE VIEW v AS SELECT r.a FROM t CROSS JOIN LATERAL json_to_recordset(t.doc) AS r (a int, b text);
-- edges:
--   t.doc -> v.* INDIRECT JOIN
--   t.doc -> v.a DIRECT TRANSFORMATION
