-- In SQLite a bare name behind DO UPDATE is the target's.
-- dialect: sqlite
INSERT INTO words (word, n) SELECT w, 1 FROM heard WHERE true ON CONFLICT (word) DO UPDATE SET n = n + 1;
-- edges:
--   heard.w -> words.* INDIRECT JOIN
--   words.word -> words.* INDIRECT JOIN
--   words.n -> words.n DIRECT TRANSFORMATION
--   heard.w -> words.word DIRECT IDENTITY
