-- One row a day and channel, kept for the wall screen.
CREATE TABLE mart.daily_figures (
    day DATE,
    channel VARCHAR,
    revenue DECIMAL(14, 2),
    buyers BIGINT
);
