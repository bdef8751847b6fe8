-- DEFAULT in a row of values has no source.
-- dialect: postgres
UPDATE t SET (a, b) = (DEFAULT, c);
-- edges:
--   t.c -> t.b DIRECT IDENTITY
