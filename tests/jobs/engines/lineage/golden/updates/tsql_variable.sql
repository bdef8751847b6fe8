-- A variable in SET takes a value out; the column behind it is set as usual.
-- dialect: tsql
-- default_schema: dbo
UPDATE dbo.counters SET @next = value = value + 1, @seen = name WHERE name = @name
-- edges:
--   dbo.counters.name -> dbo.counters.* INDIRECT FILTER
--   dbo.counters.value -> dbo.counters.value DIRECT TRANSFORMATION
