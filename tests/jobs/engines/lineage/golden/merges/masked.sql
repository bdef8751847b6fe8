-- A masked value stays masked on its way through the source.
-- dialect: spark
MERGE INTO people t USING (SELECT id, sha2(mail, 256) AS mail FROM raw_people) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET mail = s.mail;
-- edges:
--   people.id -> people.* INDIRECT JOIN
--   raw_people.id -> people.* INDIRECT JOIN
--   raw_people.mail -> people.mail DIRECT TRANSFORMATION MASKING
