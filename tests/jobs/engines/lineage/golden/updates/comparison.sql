-- The second sign of equality compares.
-- dialect: postgres
UPDATE t SET same = a = b;
-- edges:
--   t.a -> t.same DIRECT TRANSFORMATION
--   t.b -> t.same DIRECT TRANSFORMATION
