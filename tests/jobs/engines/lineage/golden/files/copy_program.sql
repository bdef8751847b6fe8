-- Rows that come from a program are in no relation.
-- dialect: postgres
COPY t FROM PROGRAM 'cat /data/x.csv';
-- edges:
