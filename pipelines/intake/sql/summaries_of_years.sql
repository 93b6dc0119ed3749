-- City by closed year: calendar years, and school years (from September) for what is counted by term.
-- grain: one row per summary, category and year
-- reads: city_periods, whole_periods, purged_periods
INSERT INTO summary_cells
WITH dated AS (
    SELECT feed, period_start, period_end, CASE WHEN feed = 'weapon_in_school_reports' THEN 8 ELSE 0 END AS months_late
    FROM (FROM whole_periods UNION ALL FROM purged_periods)
),
years AS (
    SELECT
        feed, months_late, year(period_start - to_months(months_late)) AS year,
        make_date(CAST(year(period_start - to_months(months_late)) AS INTEGER), 1, 1) + to_months(months_late) AS starts,
        sum(period_end - period_start + 1) AS days
    FROM dated
    GROUP BY ALL
    HAVING sum(period_end - period_start + 1) >= CASE WHEN months_late = 0 THEN 365 ELSE 355 END
),
kinds AS (
    SELECT DISTINCT summary, feed, category FROM city_periods WHERE summary <> 'reporting_delay'
)
SELECT
    kinds.summary, kinds.feed, 'city', $city_id, kinds.category, 'year',
    CASE WHEN years.months_late = 0 THEN CAST(years.year AS VARCHAR) ELSE years.year || '-' || lpad(CAST((years.year + 1) % 100 AS VARCHAR), 2, '0') END,
    CAST(years.starts AS DATE), CAST(years.starts + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE),
    CAST(coalesce(sum(city_periods.x), 0) AS BIGINT)
FROM kinds
INNER JOIN years USING (feed)
LEFT JOIN city_periods ON city_periods.summary = kinds.summary AND city_periods.category = kinds.category
    AND year(city_periods.period_start - to_months(years.months_late)) = years.year
WHERE list_contains($summaries, kinds.summary)
GROUP BY ALL
