-- A virtual table is listed; what reads it keeps its edges.
-- dialect: sqlite
CREATE VIRTUAL TABLE docs USING fts5(title, body);
CREATE VIEW v AS SELECT title FROM docs WHERE docs MATCH 'river' ORDER BY rank LIMIT 3;
-- edges:
--   docs.docs -> v.* INDIRECT FILTER
--   docs.rank -> v.* INDIRECT SORT
--   docs.title -> v.title DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 3: CREATE VIRTUAL is not explained yet; it names docs
