-- A cursor whose rows go through variables into two tables.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE hr.Employee (Id int, Name nvarchar(60), Salary money, Dept int, Active bit)
CREATE TABLE hr.Raise (EmployeeId int, OldSalary money, NewSalary money)
CREATE TABLE hr.Letters (Recipient nvarchar(60), Text nvarchar(200))
GO
CREATE PROCEDURE hr.GiveRaises @percent decimal(5,2)
AS
DECLARE @id int, @name nvarchar(60), @salary money
DECLARE c CURSOR LOCAL FAST_FORWARD FOR
  SELECT Id, Name, Salary FROM hr.Employee WHERE Active = 1
OPEN c
FETCH NEXT FROM c INTO @id, @name, @salary
WHILE @@FETCH_STATUS = 0
BEGIN
  INSERT INTO hr.Raise (EmployeeId, OldSalary, NewSalary)
  VALUES (@id, @salary, @salary * (1 + @percent / 100))
  INSERT INTO hr.Letters (Recipient, Text) SELECT @name, N'Dear ' + @name
  FETCH NEXT FROM c INTO @id, @name, @salary
END
CLOSE c
DEALLOCATE c
-- truth:
--   hr.giveraises reads hr.employee
--   hr.giveraises writes hr.raise, hr.letters
--   hr.employee.id -> hr.raise.employeeid
--   hr.employee.salary -> hr.raise.oldsalary
--   hr.employee.salary -> hr.raise.newsalary
--   hr.employee.name -> hr.letters.recipient
--   hr.employee.name -> hr.letters.text
