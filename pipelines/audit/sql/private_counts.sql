-- The true counts with the beat and locality each is in, for the attackers who hold some of them.
-- grain: one row per measure, area, harm group and period
-- reads: cells, measures, area_members
WITH within AS (
    SELECT base_area_id, area_level, arg_max(area_id, weight) AS area_id
    FROM area_members
    GROUP BY base_area_id, area_level
)
SELECT
    cells.feed, cells.measure, cells.area_level, cells.area_id, cells.harm_group, cells.period, cells.period_start,
    cells.x, measures.base, cells.public, beats.area_id AS beat_id, localities.area_id AS locality_id
FROM cells
INNER JOIN measures USING (feed, measure)
LEFT JOIN within AS beats ON beats.base_area_id = cells.area_id AND beats.area_level = 'beat'
LEFT JOIN within AS localities ON localities.base_area_id = cells.area_id AND localities.area_level = 'locality'
ORDER BY ALL
