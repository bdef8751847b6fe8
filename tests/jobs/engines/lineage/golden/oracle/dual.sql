-- DUAL is a table of one row: what is computed from nothing has no source.
-- dialect: oracle
CREATE VIEW v AS SELECT SYSDATE AS today, USER AS who FROM dual;
-- edges:
