-- Which period each day counts in. A day outside term counts in the term before it: a holiday is no period of its own.
-- grain: one row per grain (month or term) and day
-- reads: periods
CREATE TABLE days AS
SELECT grain, CAST(unnest(generate_series(period_start, period_end, INTERVAL 1 DAY)) AS DATE) AS day, period_no
FROM periods
ORDER BY grain, day
