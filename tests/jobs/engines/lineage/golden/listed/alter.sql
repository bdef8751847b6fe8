-- ALTER TABLE that renames or drops columns is listed; other changes move no data.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
ALTER TABLE raw.orders RENAME COLUMN price TO cost;
ALTER TABLE raw.orders DROP COLUMN qty;
ALTER TABLE raw.orders DROP CONSTRAINT k;
ALTER TABLE raw.orders ALTER COLUMN id SET NOT NULL;
ALTER TABLE raw.orders OWNER TO somebody;
ALTER VIEW mart.v RENAME TO w;
-- edges:
--   mart.v.* -> mart.w.* DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 4: ALTER TABLE is not explained yet; it names raw.orders
--   NOT_SUPPORTED line 5: ALTER TABLE is not explained yet; it names raw.orders
--   UNKNOWN_COLUMNS line 9: the columns of mart.v are unknown, so this star stays open
