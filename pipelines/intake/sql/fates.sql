-- What became of every row, once. read = counted + outside + rejected + superseded + unplaced.
-- Numbers stand for names here (area_no, period_no, group_no), because there may be millions of rows.
-- grain: one row per row read and measure
-- reads: gridded, deliveries, superseded, measures, categories, placed, base_areas, localities
CREATE VIEW fates AS
WITH resent AS (
    SELECT delivery_no FROM deliveries WHERE superseded_by IS NOT NULL
),
found AS (
    SELECT
        gridded.*,
        CASE
            WHEN placed.row_no IS NOT NULL THEN placed.area_no
            WHEN gridded.grid_area_no >= 0 THEN gridded.grid_area_no
        END AS found_area_no,
        CASE
            WHEN placed.row_no IS NOT NULL THEN placed.located_by
            WHEN gridded.grid_area_no >= 0 THEN 'inside'
            WHEN gridded.easting_m IS NOT NULL THEN 'nowhere'
        END AS located_by
    FROM gridded
    LEFT JOIN placed ON placed.measure_no = gridded.measure_no AND placed.row_no = gridded.row_no
),
known AS (
    SELECT
        CAST(found.measure_no AS UTINYINT) AS measure_no, found.row_no, found.delivery_no, found.source,
        found.child_key, found.period_no, categories.group_no, found.located_by,
        CASE
            WHEN measures.area_level = 'base' THEN coalesce(found.found_area_no, by_beat.area_no)
            ELSE coalesce(named.area_no, stood_in.locality_area_no)
        END AS area_no,
        CASE
            WHEN resent.delivery_no IS NOT NULL THEN 'superseded/resent'
            WHEN found.fault IS NOT NULL THEN 'rejected/' || found.fault
            WHEN superseded.row_no IS NOT NULL THEN 'superseded/corrected'
            WHEN categories.why_not IS NOT NULL THEN 'outside/' || categories.why_not
            WHEN found.has_counts IS NOT TRUE THEN 'rejected/month_not_covered:' || measures.occurred
            WHEN found.located_by = 'disagree' THEN 'rejected/point_or_beat_disagree:' || measures.occurred
            WHEN found.located_by = 'nowhere' AND named.area_no IS NULL THEN 'outside/not_in_any_area'
            WHEN found.located_by IS NULL AND found.beat_code IS NOT NULL AND by_beat.area_no IS NULL
                THEN 'unplaced/unknown_beat'
            WHEN found.located_by IS NULL AND found.locality_id IS NOT NULL AND named.area_no IS NULL
                THEN 'unplaced/unknown_locality'
        END AS known_fate
    FROM found
    INNER JOIN measures ON measures.position = found.measure_no
    LEFT JOIN resent ON resent.delivery_no = found.delivery_no
    LEFT JOIN superseded ON superseded.feed = found.feed AND superseded.row_no = found.row_no
    LEFT JOIN categories ON categories.feed = found.feed AND categories.category = found.category
    LEFT JOIN base_areas AS stood_in ON measures.area_level = 'locality' AND stood_in.area_no = found.found_area_no
    LEFT JOIN localities AS named ON named.locality_id = found.locality_id
    LEFT JOIN base_areas AS by_beat ON found.located_by IS NULL AND by_beat.shapeless AND by_beat.beat_id = found.beat_code
        AND found.month_no BETWEEN by_beat.first_month_no AND by_beat.last_month_no
)
SELECT
    measure_no, row_no, delivery_no, source, child_key, period_no, group_no, area_no,
    coalesce(located_by, 'code') AS located_by,
    coalesce(known_fate, CASE WHEN area_no IS NULL THEN 'unplaced/no_location' ELSE 'counted/' END) AS fate
FROM known
