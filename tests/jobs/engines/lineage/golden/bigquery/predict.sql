-- ML.PREDICT has the columns of its data, which the rows of the model feed; CREATE MODEL is listed.
-- dialect: bigquery
CREATE TABLE shop.t (a INT64);
CREATE MODEL shop.m OPTIONS (model_type = 'linear_reg') AS SELECT a, b AS label FROM shop.old;
CREATE VIEW shop.v AS SELECT a, predicted_label FROM ML.PREDICT(MODEL shop.m, TABLE shop.t);
-- edges:
--   shop.m.* -> shop.v.a DIRECT AGGREGATION
--   shop.t.a -> shop.v.a DIRECT IDENTITY
--   shop.m.* -> shop.v.predicted_label DIRECT AGGREGATION
-- unresolved:
--   NOT_SUPPORTED line 4: CREATE MODEL is not explained yet; it names shop.old
