-- How many partnership counts are not a multiple of their base. A count called public must be of a public feed.
-- grain: one row
-- reads: counts
WITH measures AS (
    SELECT unnest($feeds) AS feed, unnest($measures) AS measure, unnest($bases) AS base
)
SELECT count(*)
FROM counts
LEFT JOIN measures USING (feed, measure)
WHERE measures.base IS NULL OR counts.public <> (measures.base = 1) OR counts.value % measures.base <> 0
