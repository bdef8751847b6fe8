-- A row of columns that its values do not fit is listed.
-- dialect: postgres
UPDATE t SET (a, b) = (1, 2, 3);
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: a SET of several columns is not explained; it names t
