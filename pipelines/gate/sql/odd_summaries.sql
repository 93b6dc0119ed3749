-- How many summaries are not a multiple of their feed's base; sums made by their supplier come in fives.
-- grain: one row
-- reads: summaries
WITH bases AS (
    SELECT feed, max(base) AS base
    FROM (SELECT unnest($feeds) AS feed, unnest($bases) AS base)
    GROUP BY feed
)
SELECT count(*)
FROM summaries
LEFT JOIN bases USING (feed)
WHERE summaries.value % coalesce(bases.base, 5) <> 0
