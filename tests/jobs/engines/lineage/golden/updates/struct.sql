-- Setting a field of a structure changes its column.
-- dialect: bigquery
UPDATE shop.people SET address.city = c.name FROM shop.cities AS c WHERE c.id = people.city;
-- edges:
--   shop.cities.id -> shop.people.* INDIRECT FILTER
--   shop.people.city -> shop.people.* INDIRECT FILTER
--   shop.cities.name -> shop.people.address DIRECT TRANSFORMATION
