-- Every counted record in every place it counts wholly towards: by its exact harm type, and again among all types.
-- A child adds at most the policy's cap to one place, kind and four weeks, counted back from the newest day.
-- fell_on is null where a range of dates does not say which day; the week is then that of the day it was counted on.
-- grain: one row per record, place (beat or place of concern) and kind
-- reads: fates, measures, categories, base_areas, area_members, weeks, incidents_records, found_at_records, incidents
CREATE TEMP TABLE watched AS
WITH counted AS (
    SELECT
        measures.measure, fates.measure_no, fates.row_no, fates.child_key, categories.category, base_areas.area_id AS base_area_id
    FROM fates
    INNER JOIN measures ON measures.position = fates.measure_no
    INNER JOIN categories ON categories.feed = measures.feed AND categories.category_no = fates.category_no
    INNER JOIN base_areas USING (area_no)
    WHERE measures.measure IN ('incidents', 'found_at') AND fates.fate = 'counted/'
),
dated AS (
    SELECT
        counted.*, incidents_records.happened_on, incidents.proactive,
        CASE WHEN coalesce(incidents.occurred_to, incidents.occurred_from) = incidents.occurred_from THEN incidents.occurred_from END
            AS fell_on
    FROM counted
    INNER JOIN incidents_records USING (row_no)
    INNER JOIN incidents ON incidents.rowid = counted.row_no
    WHERE counted.measure = 'incidents'
    UNION ALL
    SELECT counted.*, found_at_records.happened_on, NULL, found_at_records.happened_on
    FROM counted
    INNER JOIN found_at_records USING (row_no)
    WHERE counted.measure = 'found_at'
),
kinds AS (
    SELECT CASE WHEN measure = 'incidents' THEN category ELSE measure END AS kind, * FROM dated
    UNION ALL
    SELECT 'all_types', * FROM dated WHERE measure = 'incidents'
)
SELECT
    kinds.kind, area_members.area_level, area_members.area_id, weeks.week_no, kinds.measure_no, kinds.row_no, kinds.fell_on,
    kinds.proactive
FROM kinds
INNER JOIN area_members ON area_members.base_area_id = kinds.base_area_id AND area_members.weight > 0.99
INNER JOIN weeks ON weeks.measure_no = kinds.measure_no AND weeks.week_no = (weeks.ends_on - kinds.happened_on) // 7
WHERE kinds.happened_on <= weeks.ends_on AND area_members.area_level IN ('beat', 'place_of_concern')
QUALIFY kinds.child_key IS NULL OR row_number() OVER (
    PARTITION BY kinds.kind, area_members.area_level, area_members.area_id, kinds.child_key, weeks.week_no // 4
    ORDER BY kinds.happened_on, kinds.row_no
) <= $cap_per_child
