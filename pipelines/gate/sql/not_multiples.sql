-- How many partnership counts are not a multiple of their base. A count called public must be of a public feed.
-- grain: one row
-- reads: counts, unplaced
WITH measures AS (
    SELECT unnest($feeds) AS feed, unnest($measures) AS measure, unnest($bases) AS base
),
released AS (
    SELECT feed, measure, value, public FROM counts
    UNION ALL
    SELECT feed, measure, value, NULL FROM unplaced
    UNION ALL
    SELECT feed, measure, elsewhere, NULL FROM unplaced
)
SELECT count(*)
FROM released
LEFT JOIN measures USING (feed, measure)
WHERE measures.base IS NULL OR released.public <> (measures.base = 1) OR released.value % measures.base <> 0
