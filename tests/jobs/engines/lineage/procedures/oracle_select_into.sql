-- PL/SQL: SELECT INTO variables, CASE as a statement, a call of another procedure.
-- dialect: oracle
-- default_schema: APP
CREATE TABLE app.employee (id NUMBER, grade NUMBER, salary NUMBER);
CREATE TABLE app.paid (employee_id NUMBER, amount NUMBER);
CREATE TABLE app.journal (note VARCHAR2(100));
CREATE PROCEDURE app.note (p_text VARCHAR2) AS
BEGIN
  INSERT INTO app.journal (note) VALUES (p_text);
END;
/
CREATE PROCEDURE app.pay (p_id NUMBER) AS
  v_salary app.employee.salary%TYPE;
  v_grade NUMBER;
BEGIN
  SELECT e.salary, e.grade INTO v_salary, v_grade FROM app.employee e WHERE e.id = p_id;
  CASE v_grade
    WHEN 1 THEN INSERT INTO app.paid (employee_id, amount) VALUES (p_id, v_salary);
    ELSE INSERT INTO app.paid (employee_id, amount) VALUES (p_id, v_salary * 2);
  END CASE;
  app.note('paid');
END pay;
/
-- truth:
--   APP.NOTE writes APP.JOURNAL
--   APP.PAY reads APP.EMPLOYEE, APP.NOTE
--   APP.PAY writes APP.PAID
--   APP.EMPLOYEE.SALARY -> APP.PAID.AMOUNT
