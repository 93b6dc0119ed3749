-- What became of the rows that needed an exact test. A locality that was named stands, wherever the point is.
-- grain: one row per such row and measure
-- reads: settled, placed, measures, base_areas
CREATE TEMP TABLE near_fates AS
SELECT
    settled.measure_no, settled.row_no, settled.delivery_no, settled.source_no, settled.child_key, settled.age_band,
    settled.known_on, settled.recorded_on, settled.proactive,
    settled.period_no, settled.category_no, settled.group_no,
    CASE
        WHEN measures.area_level = 'base' THEN placed.area_no
        ELSE coalesce(settled.area_no, base_areas.locality_area_no)
    END AS area_no,
    placed.located_by,
    CAST(
        CASE
            WHEN placed.located_by = 'disagree' THEN 'rejected/point_or_beat_disagree:' || measures.occurred
            WHEN placed.located_by = 'nowhere' AND settled.area_no IS NULL THEN 'outside/not_in_any_area'
            ELSE 'counted/'
        END AS row_fate
    ) AS fate
FROM settled
INNER JOIN placed ON placed.settled_no = settled.rowid
INNER JOIN measures ON measures.position = settled.measure_no
LEFT JOIN base_areas ON base_areas.area_no = placed.area_no
WHERE settled.fate = 'unsure/'
