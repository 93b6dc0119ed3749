-- How things stood in the newest closed quarter, in words only: whether records came from looking or from being told,
-- and whether they fell at weekends. The numbers behind a word stay here. One quarter, because the rows of the one
-- before are being destroyed as it closes. A share of fewer than 30 records is no word.
-- grain: one row per pattern, area and quarter
-- reads: fates, measures, periods, base_areas, whole_periods, incidents
CREATE TABLE pattern_words AS
WITH quarters AS (
    SELECT
        CAST(date_trunc('quarter', period_start) AS DATE) AS starts, max(period_end) AS ends
    FROM whole_periods
    WHERE feed = 'incidents'
    GROUP BY ALL
    HAVING count(*) = 3
    ORDER BY starts DESC
    LIMIT 1
),
recent AS (
    SELECT
        quarters.starts, quarters.ends, base_areas.beat_id, base_areas.locality_id,
        incidents.proactive, dayofweek(incidents.occurred_from) IN (0, 6) AS weekend, incidents.occurred_to IS NULL AS one_day
    FROM fates
    INNER JOIN measures ON measures.position = fates.measure_no
    INNER JOIN periods USING (period_no)
    INNER JOIN quarters ON periods.period_start BETWEEN quarters.starts AND quarters.ends
    INNER JOIN base_areas USING (area_no)
    INNER JOIN incidents ON incidents.rowid = fates.row_no
    WHERE measures.feed = 'incidents' AND fates.fate = 'counted/'
),
shares AS (
    SELECT
        area_level, area_id, starts, ends, count(*) AS records,
        count(*) FILTER (proactive = 'yes') / nullif(count(*) FILTER (proactive IN ('yes', 'no')), 0) AS proactive_share,
        count(*) FILTER (proactive IN ('yes', 'no')) / count(*) AS known_share,
        count(*) FILTER (weekend AND one_day) / nullif(count(*) FILTER (one_day), 0) AS weekend_share,
        count(*) FILTER (one_day) AS dated, count(*) FILTER (proactive IN ('yes', 'no')) AS known
    FROM (
        SELECT 'beat' AS area_level, beat_id AS area_id, * FROM recent
        UNION ALL
        SELECT 'locality', locality_id, * FROM recent
        UNION ALL
        SELECT 'city', $city_id, * FROM recent
    )
    GROUP BY area_level, area_id, starts, ends
    HAVING count(*) >= 30
)
SELECT
    pattern, 'incidents' AS feed, area_level, area_id, strftime(starts, '%Y') || '-Q' || quarter(starts) AS period,
    starts AS period_start, ends AS period_end, word
FROM (
    SELECT
        'how_it_came_to_light' AS pattern, area_level, area_id, starts, ends,
        CASE
            WHEN known_share < 0.5 THEN 'mostly_not_recorded'
            WHEN known < 30 THEN NULL
            WHEN proactive_share >= 0.6 THEN 'mostly_proactive'
            WHEN proactive_share <= 0.3 THEN 'mostly_reported'
            ELSE 'both'
        END AS word
    FROM shares
    UNION ALL
    SELECT
        'days', area_level, area_id, starts, ends,
        CASE
            WHEN dated < 30 THEN NULL
            WHEN weekend_share >= 0.45 THEN 'mostly_weekends'
            WHEN weekend_share <= 0.15 THEN 'mostly_weekdays'
            ELSE 'any_day'
        END
    FROM shares
)
WHERE list_contains($patterns, pattern) AND word IS NOT NULL
ORDER BY ALL
