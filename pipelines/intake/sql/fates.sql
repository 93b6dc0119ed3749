-- What became of every row, once. read = counted + outside + rejected + superseded + too_late + unplaced.
-- grain: one row per row read and measure
-- reads: settled, near_fates
CREATE TEMP VIEW fates AS
SELECT
    measure_no, row_no, delivery_no, source_no, child_key, age_band, known_on, recorded_on, proactive, period_no, category_no,
    group_no, area_no, located_by, fate
FROM settled
WHERE fate <> 'unsure/'
UNION ALL
SELECT
    measure_no, row_no, delivery_no, source_no, child_key, age_band, known_on, recorded_on, proactive, period_no, category_no,
    group_no, area_no, located_by, fate
FROM near_fates
