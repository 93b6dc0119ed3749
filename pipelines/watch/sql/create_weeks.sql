-- The weeks of each measure that is watched, counted back from the last day delivered: only those every day of which was
-- delivered and is still here, since a week nobody told of is no quiet week.
-- grain: one row per measure and week; week_no 0 is the newest
-- reads: measures, deliveries, calendar
CREATE TEMP TABLE weeks AS
WITH delivered AS (
    SELECT DISTINCT feed, CAST(unnest(generate_series(covers_from, covers_to, INTERVAL 1 DAY)) AS DATE) AS day
    FROM deliveries
    WHERE covers_from IS NOT NULL
),
told AS (
    SELECT measures.position AS measure_no, measures.measure, calendar.day
    FROM measures
    INNER JOIN delivered USING (feed)
    INNER JOIN calendar ON calendar.measure_no = measures.position AND calendar.day = delivered.day
    WHERE measures.measure IN ('incidents', 'found_at') AND calendar.has_counts AND calendar.day <= $as_at
),
ends AS (
    SELECT measure_no, max(day) AS ends_on FROM told GROUP BY measure_no
)
SELECT told.measure_no, told.measure, ends.ends_on, (ends.ends_on - told.day) // 7 AS week_no
FROM told
INNER JOIN ends USING (measure_no)
GROUP BY ALL
HAVING count(*) = 7
ORDER BY ALL
