-- AUTO CDC and APPLY CHANGES are listed.
-- dialect: databricks
APPLY CHANGES INTO t FROM STREAM(s) KEYS (a) SEQUENCE BY b;
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (a) SEQUENCE BY b;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: APPLY is not explained yet; it names CHANGES, t
--   NOT_SUPPORTED line 4: CREATE FLOW is not explained yet; it names t, STREAM
