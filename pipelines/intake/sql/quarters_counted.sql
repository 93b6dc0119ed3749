-- Quarters counted from rows, which must be told before those go. A reporting delay is kept when they do.
-- grain: one row per feed and closed quarter
-- reads: summary_cells
SELECT DISTINCT feed, period, period_start, period_end
FROM summary_cells
WHERE grain = 'quarter' AND summary <> 'reporting_delay'
ORDER BY ALL
