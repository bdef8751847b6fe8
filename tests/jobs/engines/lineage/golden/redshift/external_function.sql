-- A function of Lambda is listed; where it is called, its arguments flow on.
-- dialect: redshift
CREATE EXTERNAL FUNCTION f_mask (varchar) RETURNS varchar STABLE LAMBDA 'mask' IAM_ROLE default;
CREATE TABLE t (a varchar(9));
CREATE VIEW v AS SELECT f_mask(a) AS m FROM t;
-- edges:
--   t.a -> v.m DIRECT TRANSFORMATION
-- unresolved:
--   NOT_SUPPORTED line 3: CREATE FUNCTION is not explained yet
