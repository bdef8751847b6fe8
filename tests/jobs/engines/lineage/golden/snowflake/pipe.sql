-- A pipe copies what arrives on its stage.
-- dialect: snowflake
CREATE TABLE t (a INT, b INT);
CREATE PIPE p AUTO_INGEST = TRUE AS COPY INTO t FROM @stage/in FILE_FORMAT = (TYPE = CSV);
-- edges:
--   @stage/in.* -> T.A DIRECT IDENTITY
--   @stage/in.* -> T.B DIRECT IDENTITY
