-- What became of some rows of one feed, and where they were counted: for a request about one record.
-- grain: one row per such row and measure
-- reads: kept_fates, measures, measure_groups, periods, base_areas, localities
SELECT
    kept_fates.row_no, measures.label AS measure, kept_fates.fate, kept_fates.located_by, periods.period,
    measure_groups.label AS harm_group,
    CASE WHEN measures.area_level = 'base' THEN base_areas.area_id ELSE localities.locality_id END AS area_id,
    base_areas.beat_id, base_areas.locality_id
FROM kept_fates
INNER JOIN measures ON measures.position = kept_fates.measure_no
LEFT JOIN measure_groups ON measure_groups.feed = measures.feed AND measure_groups.measure = measures.measure
    AND measure_groups.group_no = kept_fates.group_no
LEFT JOIN periods ON periods.period_no = kept_fates.period_no
LEFT JOIN base_areas ON measures.area_level = 'base' AND base_areas.area_no = kept_fates.area_no
LEFT JOIN localities ON measures.area_level <> 'base' AND localities.area_no = kept_fates.area_no
WHERE measures.feed = $feed AND list_contains($row_nos, kept_fates.row_no)
ORDER BY kept_fates.row_no, measures.position
