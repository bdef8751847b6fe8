-- A copy of whichever feed is being looked into: the table's name is known only when this runs.
SET VARIABLE feed = 'raw.page_views';
CREATE TABLE staging.feed_sample AS
SELECT * FROM query_table(getvariable('feed')) LIMIT 1000;
