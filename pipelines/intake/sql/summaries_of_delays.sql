-- City by quarter: how long after the end of its own month each record was written down. Made of months counted whole,
-- whether their rows are still here or not.
-- grain: one row per band of days and quarter
-- reads: city_periods, whole_periods, purged_periods
INSERT INTO summary_cells
WITH quarters AS (
    SELECT CAST(date_trunc('quarter', period_start) AS DATE) AS starts, max(period_end) AS ends
    FROM (FROM whole_periods UNION ALL FROM purged_periods)
    WHERE feed = 'incidents'
    GROUP BY ALL
    HAVING count(*) = 3
),
grid AS (
    SELECT bands.category, quarters.starts, quarters.ends
    FROM quarters
    CROSS JOIN (
        VALUES ('by_month_end'), ('days_1_to_7'), ('days_8_to_14'), ('days_15_to_28'), ('later'), ('not_known')
    ) AS bands (category)
)
SELECT
    'reporting_delay', 'incidents', 'city', $city_id, grid.category, 'quarter',
    strftime(grid.starts, '%Y') || '-Q' || quarter(grid.starts), grid.starts, grid.ends,
    CAST(coalesce(sum(city_periods.x), 0) AS BIGINT)
FROM grid
LEFT JOIN city_periods ON city_periods.summary = 'reporting_delay' AND city_periods.category = grid.category
    AND city_periods.period_start BETWEEN grid.starts AND grid.ends
WHERE list_contains($summaries, 'reporting_delay')
GROUP BY ALL
