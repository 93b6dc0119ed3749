-- The private counts of rows without a place, and of those with one beyond the boundaries, with the base each is rounded to.
-- grain: one row per measure, harm group and period
-- reads: unplaced_cells, measures
SELECT
    unplaced_cells.feed, unplaced_cells.measure, unplaced_cells.harm_group, unplaced_cells.period,
    unplaced_cells.period_start, unplaced_cells.x, unplaced_cells.elsewhere_x, measures.base
FROM unplaced_cells
INNER JOIN measures USING (feed, measure)
ORDER BY ALL
