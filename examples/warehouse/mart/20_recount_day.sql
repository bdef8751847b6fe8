-- Recounts one day after a late file; the day is handed over when this runs.
PREPARE recount AS
INSERT INTO mart.daily_figures
SELECT sold_on, channel || ' (recount)', sum(net_eur), count(DISTINCT customer_id)
FROM mart.net_sales
WHERE sold_on = $1
GROUP BY sold_on, channel;
EXECUTE recount('2026-03-02');
DEALLOCATE recount;
