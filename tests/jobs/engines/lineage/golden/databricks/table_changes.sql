-- table_changes reads the table that it names, with how each row changed.
-- dialect: databricks
CREATE VIEW v AS SELECT a, _change_type FROM table_changes('shop.t', 2, 5);
-- edges:
--   shop.t._change_type -> v._change_type DIRECT IDENTITY
--   shop.t.a -> v.a DIRECT IDENTITY
