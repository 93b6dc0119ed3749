-- grain: one row per quarter and band of days
-- reads: summaries
SELECT period, period_start, category, value
FROM summaries
WHERE summary = 'reporting_delay' AND feed = $feed AND value IS NOT NULL
ORDER BY period_start, category
