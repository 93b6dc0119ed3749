-- The private summary counts with the base each is rounded to. A quarter is told once it is closed; a year, and how late
-- the records of a quarter were, once its last months are frozen.
-- grain: one row per summary, area, category and period
-- reads: summary_cells, measures
SELECT
    summary_cells.summary, summary_cells.feed, summary_cells.area_level, summary_cells.area_id, summary_cells.category,
    summary_cells.period, summary_cells.period_start, summary_cells.period_end, summary_cells.x,
    coalesce(bases.base, 1) AS base
FROM summary_cells
LEFT JOIN (SELECT feed, max(base) AS base FROM measures GROUP BY feed) AS bases USING (feed)
WHERE (summary_cells.grain = 'quarter' AND summary_cells.summary <> 'reporting_delay') OR summary_cells.period_end <= $frozen_on
ORDER BY ALL
