-- Everything sold, whatever the channel.
CREATE VIEW staging.sales AS
SELECT
    'web' AS channel,
    'W' || order_id AS sale,
    line_no,
    customer_id,
    product_id,
    sold_on,
    quantity,
    amount_eur
FROM staging.web_sales
UNION ALL
SELECT
    'store',
    'S' || receipt_no,
    item_no,
    customer_id,
    product_id,
    sold_on,
    quantity,
    amount_eur
FROM staging.store_sales;
