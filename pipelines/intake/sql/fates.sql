-- What became of every row, once. read = counted + outside + rejected + superseded + too_late + unplaced.
-- A locality that was named stands, wherever the point is.
-- grain: one row per row read and measure
-- reads: settled, placed, measures, base_areas
CREATE TEMP VIEW fates AS
SELECT measure_no, row_no, delivery_no, source, child_key, age_band, period_no, category_no, group_no, area_no, located_by, fate
FROM settled
WHERE fate <> 'unsure/'
UNION ALL
SELECT
    settled.measure_no, settled.row_no, settled.delivery_no, settled.source, settled.child_key, settled.age_band,
    settled.period_no, settled.category_no, settled.group_no,
    CASE WHEN measures.area_level = 'base' THEN placed.area_no ELSE coalesce(settled.area_no, base_areas.locality_area_no) END,
    placed.located_by,
    CASE
        WHEN placed.located_by = 'disagree' THEN 'rejected/point_or_beat_disagree:' || measures.occurred
        WHEN placed.located_by = 'nowhere' AND settled.area_no IS NULL THEN 'outside/not_in_any_area'
        ELSE 'counted/'
    END
FROM settled
INNER JOIN placed ON placed.settled_no = settled.rowid
INNER JOIN measures ON measures.position = settled.measure_no
LEFT JOIN base_areas ON base_areas.area_no = placed.area_no
WHERE settled.fate = 'unsure/'
