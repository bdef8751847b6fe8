-- The slide for the board: every column of the monthly revenue, and the growth beside it.
CREATE VIEW mart.board_report AS
SELECT m.*, g.growth
FROM mart.revenue_by_month AS m
JOIN mart.revenue_growth AS g ON g.month = m.month;
