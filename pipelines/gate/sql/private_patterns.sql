-- grain: one row per pattern, area and quarter
-- reads: pattern_words
SELECT pattern, feed, area_level, area_id, period, period_start, period_end, word FROM pattern_words ORDER BY ALL
