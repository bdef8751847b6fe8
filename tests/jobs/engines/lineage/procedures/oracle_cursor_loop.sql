-- PL/SQL: a cursor with its loop, and a variable of a row.
-- dialect: oracle
-- default_schema: APP
CREATE TABLE app.orders (id NUMBER, customer NUMBER, total NUMBER);
CREATE TABLE app.bonus (customer NUMBER, amount NUMBER);
CREATE OR REPLACE PROCEDURE app.give_bonus (p_share IN NUMBER) IS
  CURSOR c_orders IS
    SELECT o.customer, SUM(o.total) AS spent FROM app.orders o GROUP BY o.customer;
  v_amount NUMBER(12, 2) := 0;
BEGIN
  FOR r IN c_orders LOOP
    v_amount := r.spent * p_share;
    IF v_amount > 10 THEN
      INSERT INTO app.bonus (customer, amount) VALUES (r.customer, v_amount);
    END IF;
  END LOOP;
  COMMIT;
EXCEPTION
  WHEN OTHERS THEN
    ROLLBACK;
    RAISE;
END give_bonus;
/
-- truth:
--   APP.GIVE_BONUS reads APP.ORDERS
--   APP.GIVE_BONUS writes APP.BONUS
--   APP.ORDERS.CUSTOMER -> APP.BONUS.CUSTOMER
--   APP.ORDERS.TOTAL -> APP.BONUS.AMOUNT
