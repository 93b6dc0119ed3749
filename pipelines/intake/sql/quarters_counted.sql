-- grain: one row per feed and closed quarter
-- reads: summary_cells
SELECT DISTINCT feed, period, period_start, period_end FROM summary_cells WHERE grain = 'quarter' ORDER BY ALL
