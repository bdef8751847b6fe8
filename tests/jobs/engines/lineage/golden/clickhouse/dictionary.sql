-- A dictionary is read like a table; CREATE DICTIONARY is listed.
-- dialect: clickhouse
CREATE TABLE cities (id UInt64, name String) ENGINE = MergeTree ORDER BY id;
CREATE DICTIONARY geo.cities (id UInt64, name String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'cities')) LAYOUT(FLAT()) LIFETIME(300);
CREATE VIEW v AS SELECT name FROM dictionary('geo.cities');
-- edges:
--   geo.cities.name -> v.name DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 4: CREATE DICTIONARY is not explained yet
