-- What each period of each measure is: collected (a zero is a fact), still arriving, or not collected.
-- Only covered days count. A newest period covered from its start but not to its end has a count so far.
-- A period whose rows were destroyed is no longer here: it stands in the snapshots alone. One of which only some days
-- are gone (terms drawn anew) is never taken for whole.
-- grain: one row per measure and period, from its first covered period to the one the build is made in
-- reads: deliveries, periods, measures, purged_days
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
purged AS (
    SELECT counted.measure_no, counted.period_no, count(*) AS days_purged
    FROM counted
    INNER JOIN purged_days ON purged_days.feed = counted.feed
        AND purged_days.day BETWEEN counted.period_start AND counted.period_end
    GROUP BY counted.measure_no, counted.period_no
),
known AS (
    SELECT
        *, coalesce(days_purged, 0) AS days_gone,
        days_gone = 0 AND days_covered = period_end - period_start + 1 AS whole,
        days_gone = 0 AND (first_covered = period_start AND last_day < period_end AND days_covered = last_day - period_start + 1) IS TRUE AS so_far,
        last_day < period_start AND period_end >= CAST($as_at - to_months($still_arriving_months) AS DATE) AS awaited
    FROM counted
    LEFT JOIN purged USING (measure_no, period_no)
)
SELECT
    measure_no, feed, measure, grain, period_no, period, period_start, period_end,
    CASE WHEN whole THEN 'collected' WHEN so_far OR awaited THEN 'still_arriving' ELSE 'not_collected' END AS state,
    whole OR so_far AS has_counts
FROM known
WHERE days_gone <= period_end - period_start
ORDER BY feed, measure, period_start
