-- PL/SQL: a trigger with :NEW and :OLD.
-- dialect: oracle
-- default_schema: APP
CREATE TABLE app.price (sku VARCHAR2(20), amount NUMBER);
CREATE TABLE app.price_log (sku VARCHAR2(20), was NUMBER, is_now NUMBER);
CREATE OR REPLACE TRIGGER app.price_changed
AFTER UPDATE OF amount ON app.price
FOR EACH ROW
BEGIN
  INSERT INTO app.price_log (sku, was, is_now) VALUES (:NEW.sku, :OLD.amount, :NEW.amount);
END;
/
-- truth:
--   APP.PRICE.SKU -> APP.PRICE_LOG.SKU
--   APP.PRICE.AMOUNT -> APP.PRICE_LOG.WAS
--   APP.PRICE.AMOUNT -> APP.PRICE_LOG.IS_NOW
