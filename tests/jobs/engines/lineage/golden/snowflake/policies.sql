-- A masking policy and a row access policy are listed; a column that has one is read as it is.
-- dialect: snowflake
CREATE MASKING POLICY m AS (v string) RETURNS string -> CASE WHEN CURRENT_ROLE() = 'X' THEN v ELSE '***' END;
CREATE ROW ACCESS POLICY r AS (g string) RETURNS boolean -> EXISTS (SELECT 1 FROM grants WHERE grants.g = g);
CREATE TABLE t (a string WITH MASKING POLICY m);
CREATE VIEW v AS SELECT a FROM t;
-- edges:
--   T.A -> V.A DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 3: CREATE MASKING is not explained yet
--   NOT_SUPPORTED line 4: CREATE ROW is not explained yet; it names grants
