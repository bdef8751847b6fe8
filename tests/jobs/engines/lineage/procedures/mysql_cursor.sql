-- MySQL: a cursor, a handler and a loop, between delimiters.
-- dialect: mysql
CREATE TABLE shop.customer (id INT, email VARCHAR(100), spent DECIMAL(10,2));
CREATE TABLE shop.voucher (customer_id INT, sent_to VARCHAR(100), worth DECIMAL(10,2));
DELIMITER $$
CREATE PROCEDURE shop.send_vouchers(IN p_min DECIMAL(10,2))
BEGIN
  DECLARE done INT DEFAULT FALSE;
  DECLARE v_id INT;
  DECLARE v_email VARCHAR(100);
  DECLARE v_spent DECIMAL(10,2);
  DECLARE cur CURSOR FOR SELECT id, email, spent FROM shop.customer WHERE spent >= p_min;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
  OPEN cur;
  read_loop: LOOP
    FETCH cur INTO v_id, v_email, v_spent;
    IF done THEN
      LEAVE read_loop;
    END IF;
    INSERT INTO shop.voucher (customer_id, sent_to, worth) VALUES (v_id, v_email, v_spent * 0.1);
  END LOOP;
  CLOSE cur;
END$$
DELIMITER ;
-- truth:
--   shop.send_vouchers reads shop.customer
--   shop.send_vouchers writes shop.voucher
--   shop.customer.id -> shop.voucher.customer_id
--   shop.customer.email -> shop.voucher.sent_to
--   shop.customer.spent -> shop.voucher.worth
