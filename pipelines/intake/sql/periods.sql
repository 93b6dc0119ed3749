-- Months, and school terms where each runs up to the day before the next, so that every day is in one.
-- Where no terms were delivered the year is cut in three, as most schools do.
-- grain: one row per grain (month or term) and period
-- reads: terms
CREATE TABLE periods AS
WITH months AS (
    SELECT CAST(unnest(generate_series(date_trunc('month', CAST($first_day AS DATE)), CAST($as_at AS DATE), INTERVAL 1 MONTH)) AS DATE)
        AS period_start
),
school_months AS (
    SELECT CAST(unnest(generate_series(date_trunc('year', CAST($first_day AS DATE)) - INTERVAL 4 MONTH, CAST($as_at AS DATE), INTERVAL 1 MONTH)) AS DATE)
        AS starts_on
),
thirds AS (
    SELECT
        strftime(starts_on, '%Y') || CASE month(starts_on) WHEN 1 THEN '-spring' WHEN 4 THEN '-summer' ELSE '-autumn' END AS term_id,
        starts_on,
        CAST(starts_on + to_months(CASE month(starts_on) WHEN 1 THEN 3 WHEN 4 THEN 5 ELSE 4 END) - INTERVAL 1 DAY AS DATE) AS ends_on
    FROM school_months
    WHERE month(starts_on) IN (1, 4, 9) AND NOT EXISTS (SELECT 1 FROM terms WHERE fault IS NULL)
),
delivered AS (
    SELECT term_id, max(starts_on) AS starts_on, max(ends_on) AS ends_on
    FROM terms
    WHERE fault IS NULL AND starts_on <= $as_at
    GROUP BY term_id
    UNION ALL
    SELECT term_id, starts_on, ends_on FROM thirds
)
SELECT row_number() OVER (ORDER BY grain, period_start) AS period_no, *
FROM (
SELECT
    'month' AS grain, strftime(period_start, '%Y-%m') AS period, period_start,
    CAST(period_start + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS period_end
FROM months
UNION ALL
SELECT
    'term' AS grain, term_id AS period, starts_on AS period_start,
    coalesce(CAST(lead(starts_on) OVER (ORDER BY starts_on) - 1 AS DATE), ends_on) AS period_end
FROM delivered
)
ORDER BY period_no
