-- What each day means for each measure: the period it counts in, whether that period has counts, and the boundaries
-- in force. A day outside term counts in the term before it: a holiday is no period of its own.
-- grain: one row per measure and day
-- reads: feed_periods, editions
CREATE TABLE calendar AS
WITH each_day AS (
    SELECT
        measure_no, period_no, has_counts,
        CAST(unnest(generate_series(period_start, period_end, INTERVAL 1 DAY)) AS DATE) AS day
    FROM feed_periods
)
SELECT
    each_day.measure_no, each_day.day, each_day.period_no, each_day.has_counts,
    CAST(year(each_day.day) * 12 + month(each_day.day) AS INTEGER) AS month_no, editions.edition_no,
    editions.origin_easting_m, editions.origin_northing_m, editions.cell_m
FROM each_day
LEFT JOIN editions ON strftime(each_day.day, '%Y-%m') BETWEEN editions.first_period AND editions.last_period
ORDER BY each_day.measure_no, each_day.day
