-- A hash around a value masks it in an UPDATE, too.
-- dialect: postgres
UPDATE people SET mail = md5(mail || salt), name = upper(name);
-- edges:
--   people.mail -> people.mail DIRECT TRANSFORMATION MASKING
--   people.salt -> people.mail DIRECT TRANSFORMATION MASKING
--   people.name -> people.name DIRECT TRANSFORMATION
