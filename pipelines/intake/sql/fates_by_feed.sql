-- grain: one row per feed and fate, by the feed's first measure
-- reads: tallies, measures
SELECT tallies.feed, tallies.fate, CAST(sum(tallies.row_count) AS BIGINT)
FROM tallies
LEFT JOIN measures USING (feed, measure)
WHERE coalesce(measures.is_first, true)
GROUP BY tallies.feed, tallies.fate
ORDER BY ALL
