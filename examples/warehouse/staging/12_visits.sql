-- Page views grouped into visits: half an hour of silence begins a new one.
CREATE VIEW staging.visits AS
WITH gaps AS (
    SELECT
        visitor,
        customer_id,
        path,
        viewed_at,
        lag(viewed_at) OVER (PARTITION BY visitor ORDER BY viewed_at) AS previous_at
    FROM raw.page_views
),
numbered AS (
    SELECT
        visitor,
        customer_id,
        path,
        viewed_at,
        sum(CASE WHEN viewed_at - previous_at <= INTERVAL 30 MINUTE THEN 0 ELSE 1 END)
            OVER (PARTITION BY visitor ORDER BY viewed_at) AS visit_no
    FROM gaps
)
SELECT
    visitor,
    visit_no,
    max(customer_id) AS customer_id,
    min(viewed_at) AS began_at,
    count(*) AS pages,
    bool_or(path LIKE '/checkout%') AS reached_checkout
FROM numbered
GROUP BY visitor, visit_no;
