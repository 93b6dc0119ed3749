-- What became of every row that the grid can settle; the few it cannot are "unsure".
-- Numbers stand for names here (area_no, period_no, group_no), because there may be millions of rows; as integers, since
-- DuckDB takes twice as long to write single bytes.
-- grain: one row per row read and measure
-- reads: gridded, deliveries, superseded, measures, categories, base_areas, localities, purged_days
CREATE TEMP TABLE settled AS
WITH resent AS (
    SELECT delivery_no FROM deliveries WHERE superseded_by IS NOT NULL
),
known AS (
    SELECT
        gridded.measure_no, gridded.row_no, gridded.delivery_no, gridded.source_no,
        gridded.child_key, gridded.age_band, gridded.known_on, gridded.recorded_on,
        gridded.proactive, gridded.period_no, categories.category_no, categories.group_no, gridded.edition_no,
        CASE
            WHEN measures.area_level = 'locality' THEN named.area_no
            WHEN gridded.grid_area_no >= 0 THEN gridded.grid_area_no
            ELSE by_beat.area_no
        END AS in_area_no,
        CASE
            WHEN gridded.grid_area_no = -1 OR gridded.lon IS NOT NULL THEN CAST('unsure' AS row_located_by)
            WHEN gridded.grid_area_no >= 0 THEN CAST('inside' AS row_located_by)
            WHEN gridded.easting_m IS NOT NULL THEN CAST('nowhere' AS row_located_by)
            ELSE CAST('code' AS row_located_by)
        END AS found_by,
        CASE
            WHEN purged_days.day IS NOT NULL AND gridded.fault IS NULL THEN CAST('too_late/rows_destroyed' AS row_fate)
            WHEN resent.delivery_no IS NOT NULL THEN CAST('superseded/resent' AS row_fate)
            WHEN gridded.fault IS NOT NULL THEN CAST('rejected/' || gridded.fault AS row_fate)
            WHEN superseded.row_no IS NOT NULL THEN CAST('superseded/corrected' AS row_fate)
            WHEN categories.why_not IS NOT NULL THEN CAST('outside/' || categories.why_not AS row_fate)
            WHEN gridded.has_counts IS NOT TRUE THEN CAST('rejected/month_not_covered:' || measures.occurred AS row_fate)
            WHEN measures.area_level = 'locality' AND gridded.easting_m IS NOT NULL THEN CAST('unsure/' AS row_fate)
            WHEN found_by = 'unsure' THEN CAST('unsure/' AS row_fate)
            WHEN in_area_no IS NOT NULL THEN CAST('counted/' AS row_fate)
            WHEN found_by = 'nowhere' THEN CAST('outside/not_in_any_area' AS row_fate)
            WHEN gridded.beat_code IS NOT NULL THEN CAST('unplaced/unknown_beat' AS row_fate)
            WHEN gridded.locality_id IS NOT NULL THEN CAST('unplaced/unknown_locality' AS row_fate)
            ELSE CAST('unplaced/no_location' AS row_fate)
        END AS fate
    FROM gridded
    INNER JOIN measures ON measures.position = gridded.measure_no
    LEFT JOIN resent ON resent.delivery_no = gridded.delivery_no
    LEFT JOIN purged_days ON purged_days.feed = gridded.feed AND purged_days.day = gridded.happened_on
    LEFT JOIN superseded ON superseded.feed = gridded.feed AND superseded.row_no = gridded.row_no
    LEFT JOIN categories ON categories.feed = gridded.feed AND categories.category = gridded.category
    LEFT JOIN localities AS named ON named.locality_id = gridded.locality_id
    LEFT JOIN base_areas AS by_beat ON gridded.easting_m IS NULL AND gridded.lon IS NULL AND by_beat.shapeless
        AND by_beat.beat_id = gridded.beat_code
        AND gridded.month_no BETWEEN by_beat.first_month_no AND by_beat.last_month_no
)
SELECT
    measure_no, row_no, delivery_no, source_no, child_key, age_band, known_on, recorded_on, proactive, CAST(period_no AS INTEGER) AS period_no,
    CAST(category_no AS INTEGER) AS category_no, CAST(group_no AS INTEGER) AS group_no,
    CAST(in_area_no AS INTEGER) AS area_no, found_by AS located_by, fate,
    edition_no
FROM known
