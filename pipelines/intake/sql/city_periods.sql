-- What is released by city only, period by period, so that a year or a quarter can be told when its first rows are gone.
-- Harm types that are never mapped are told here as well, wherever in the city they were. A reporting delay is in days
-- after the end of the record's own month.
-- grain: one row per summary, category and period
-- reads: counted_by, fates, measures, categories, periods, weapon_in_school_reports, purged_city_periods
CREATE TABLE city_periods AS
WITH counted AS (
    SELECT measures.feed, counted_by.category_no, counted_by.age_band, periods.period_start, counted_by.fate, counted_by.row_count
    FROM counted_by
    INNER JOIN measures ON measures.position = counted_by.measure_no
    INNER JOIN periods USING (period_no)
    WHERE measures.feed = 'incidents' AND counted_by.fate IN ('counted/', 'outside/harm_not_mapped')
),
phases AS (
    SELECT CAST(reports.setting_phase AS VARCHAR) AS category, periods.period_start
    FROM fates
    INNER JOIN measures ON measures.position = fates.measure_no
    INNER JOIN periods USING (period_no)
    INNER JOIN weapon_in_school_reports AS reports ON reports.rowid = fates.row_no
    WHERE measures.feed = 'weapon_in_school_reports' AND fates.fate = 'counted/'
),
recorded AS (
    SELECT measure_no, period_no, recorded_on, count(*) AS row_count
    FROM fates
    WHERE fate = 'counted/'
    GROUP BY measure_no, period_no, recorded_on
),
delays AS (
    SELECT periods.period_start, recorded.recorded_on - periods.period_end AS days_late, recorded.row_count
    FROM recorded
    INNER JOIN measures ON measures.position = recorded.measure_no
    INNER JOIN periods USING (period_no)
    WHERE measures.feed = 'incidents'
)
SELECT 'harm_types' AS summary, 'incidents' AS feed, categories.category, counted.period_start, CAST(sum(counted.row_count) AS BIGINT) AS x
FROM counted
INNER JOIN categories ON categories.feed = 'incidents' AND categories.category_no = counted.category_no
GROUP BY ALL
UNION ALL
SELECT 'age_bands', 'incidents', coalesce(CAST(age_band AS VARCHAR), 'not_recorded'), period_start, CAST(sum(row_count) AS BIGINT)
FROM counted
WHERE fate = 'counted/'
GROUP BY ALL
UNION ALL
SELECT 'school_phases', 'weapon_in_school_reports', category, period_start, count(*)
FROM phases
GROUP BY ALL
UNION ALL
SELECT
    'reporting_delay', 'incidents',
    CASE
        WHEN days_late IS NULL THEN 'not_known'
        WHEN days_late <= 0 THEN 'by_month_end'
        WHEN days_late <= 7 THEN 'days_1_to_7'
        WHEN days_late <= 14 THEN 'days_8_to_14'
        WHEN days_late <= 28 THEN 'days_15_to_28'
        ELSE 'later'
    END, period_start, CAST(sum(row_count) AS BIGINT)
FROM delays
GROUP BY ALL
UNION ALL
SELECT summary, feed, category, period_start, x
FROM purged_city_periods
ORDER BY ALL
