-- Every summary row ever released: a closed period's is published once.
-- grain: one row per summary, area, category and period
-- reads: summaries
SELECT summary, feed, area_level, area_id, category, period, period_start, value, withheld_because FROM summaries ORDER BY ALL
