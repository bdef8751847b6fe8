-- The newsletter tool reads this table; it starts with everybody in 'new'.
CREATE TABLE mart.segments AS
SELECT customer_id, email, 'new' AS segment
FROM mart.customers
WHERE newsletter;
