-- Rows that the client sends or gets are in no relation.
-- dialect: postgres
COPY stock FROM STDIN;
-- edges:
