-- How much of a month came in over which channel.
CREATE VIEW mart.channel_mix AS
SELECT month, channel, sum(net_eur) AS revenue, sum(quantity) AS pieces
FROM mart.net_sales
GROUP BY month, channel;
