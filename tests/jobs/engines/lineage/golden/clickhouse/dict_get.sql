-- dictGet gives an attribute of a dictionary; the key decides about that value only.
-- dialect: clickhouse
CREATE TABLE orders (id Int32, city_id UInt64) ENGINE = MergeTree ORDER BY id;
CREATE VIEW v AS SELECT id, dictGet('geo.cities', 'name', city_id) AS city, dictGetOrDefault('geo.cities', ('land', 'region'), city_id, ('none', 'none')) AS place, dictHas('geo.cities', city_id) AS known FROM orders;
-- edges:
--   geo.cities.name -> v.city DIRECT IDENTITY
--   orders.city_id -> v.city INDIRECT CONDITIONAL
--   orders.id -> v.id DIRECT IDENTITY
--   geo.cities.* -> v.known DIRECT TRANSFORMATION
--   orders.city_id -> v.known DIRECT TRANSFORMATION
--   geo.cities.land -> v.place DIRECT TRANSFORMATION
--   geo.cities.region -> v.place DIRECT TRANSFORMATION
--   orders.city_id -> v.place INDIRECT CONDITIONAL
