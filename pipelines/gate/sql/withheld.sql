-- grain: one row per reason
-- reads: counts
SELECT withheld_because, count(*) FROM counts WHERE withheld_because IS NOT NULL GROUP BY withheld_because ORDER BY ALL
