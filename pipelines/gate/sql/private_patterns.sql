-- grain: one row per pattern, area, harm group and quarter
-- reads: pattern_words
SELECT pattern, feed, area_level, area_id, harm_group, period, period_start, period_end, word FROM pattern_words ORDER BY ALL
