-- Months, and school terms where each runs up to the day before the next, so that every day is in one.
-- Where no terms were delivered the year is cut in three, as most schools do. A term delivered again stands as last said.
-- open_days is how many days schools were open in a term: as its feed says, else the weekdays from its first day to its
-- last, never those of the holiday after it; null for months.
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
newest AS (
    SELECT term_id, starts_on, ends_on, school_days
    FROM terms
    WHERE fault IS NULL
    QUALIFY row_number() OVER (PARTITION BY term_id ORDER BY rowid DESC) = 1
),
delivered AS (
    SELECT term_id, starts_on, ends_on, school_days FROM newest WHERE starts_on <= $as_at
    UNION ALL
    SELECT term_id, starts_on, ends_on, NULL FROM thirds
),
weekdays AS (
    SELECT term_id, count(*) FILTER (isodow(day) <= 5) AS weekdays
    FROM (SELECT term_id, unnest(generate_series(starts_on, ends_on, INTERVAL 1 DAY)) AS day FROM delivered)
    GROUP BY term_id
)
SELECT row_number() OVER (ORDER BY grain, period_start) AS period_no, *
FROM (
SELECT
    'month' AS grain, strftime(period_start, '%Y-%m') AS period, period_start,
    CAST(period_start + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS period_end, CAST(NULL AS INTEGER) AS open_days
FROM months
UNION ALL
SELECT
    'term' AS grain, delivered.term_id AS period, delivered.starts_on AS period_start,
    coalesce(CAST(lead(delivered.starts_on) OVER (ORDER BY delivered.starts_on) - 1 AS DATE), delivered.ends_on) AS period_end,
    CAST(coalesce(delivered.school_days, weekdays.weekdays) AS INTEGER) AS open_days
FROM delivered
INNER JOIN weekdays USING (term_id)
)
ORDER BY period_no
