-- The private cells with the base each is rounded to.
-- grain: one row per measure, area, harm group and period
-- reads: cells, measures
SELECT
    cells.feed, cells.measure, cells.area_level, cells.area_id, cells.harm_group, cells.period, cells.period_start,
    cells.x, cells.withheld_because, cells.public, measures.base
FROM cells
INNER JOIN measures USING (feed, measure)
ORDER BY ALL
