-- Nightly: fill the wall screen.
INSERT INTO mart.daily_figures
SELECT sold_on, channel, sum(net_eur), count(DISTINCT customer_id)
FROM mart.net_sales
GROUP BY sold_on, channel;
