-- A staged file is read by the numbers of its columns.
-- dialect: snowflake
CREATE TABLE t AS SELECT $1 AS a, s.$2::INT + 1 AS b FROM @raw.files/in.csv (FILE_FORMAT => 'csv') s;
-- edges:
--   @raw.files/in.csv.$1 -> T.A DIRECT IDENTITY
--   @raw.files/in.csv.$2 -> T.B DIRECT TRANSFORMATION
