-- What each period of each measure is: collected (a zero is a fact), still arriving, or not collected.
-- Only covered days count. A newest period covered from its start but not to its end has a count so far.
-- grain: one row per measure and period, from its first covered period to the one the build is made in
-- reads: deliveries, periods, measures
CREATE TABLE feed_periods AS
WITH covered AS (
    SELECT DISTINCT feed, CAST(unnest(generate_series(covers_from, covers_to, INTERVAL 1 DAY)) AS DATE) AS day
    FROM deliveries
    WHERE covers_from IS NOT NULL
),
reach AS (
    SELECT feed, min(day) AS first_day, max(day) AS last_day FROM covered GROUP BY feed
),
counted AS (
    SELECT
        measures.position AS measure_no, measures.feed, measures.measure, periods.grain, periods.period_no, periods.period, periods.period_start, periods.period_end,
        reach.first_day, reach.last_day, count(covered.day) AS days_covered, min(covered.day) AS first_covered
    FROM measures
    INNER JOIN reach USING (feed)
    INNER JOIN periods USING (grain)
    LEFT JOIN covered ON covered.feed = measures.feed
        AND covered.day BETWEEN periods.period_start AND periods.period_end
    WHERE periods.period_end >= reach.first_day
    GROUP BY ALL
),
known AS (
    SELECT
        *,
        days_covered = period_end - period_start + 1 AS whole,
        (first_covered = period_start AND last_day < period_end AND days_covered = last_day - period_start + 1) IS TRUE AS so_far,
        last_day < period_start AND period_end >= CAST($as_at - to_months($still_arriving_months) AS DATE) AS awaited
    FROM counted
)
SELECT
    measure_no, feed, measure, grain, period_no, period, period_start, period_end,
    CASE WHEN whole THEN 'collected' WHEN so_far OR awaited THEN 'still_arriving' ELSE 'not_collected' END AS state,
    whole OR so_far AS has_counts
FROM known
ORDER BY feed, measure, period_start
