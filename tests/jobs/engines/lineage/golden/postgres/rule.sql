-- A rule does what its statement says with the rows of its table.
-- dialect: postgres
CREATE TABLE t (a int, b int);
CREATE TABLE log (a int);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log (a) VALUES (NEW.a);
-- edges:
--   t.a -> log.a DIRECT IDENTITY
