-- The private counts, before the gate. Each child adds at most the policy's cap to one cell.
-- grain: one row per measure, area, harm group and period
-- reads: lattice, fates, measures
CREATE TABLE cells AS
WITH counted AS (
    SELECT feed, measure, area_id, harm_group, period, child_key
    FROM fates
    WHERE fate = 'counted'
),
parts AS (
    SELECT feed, measure, area_id, harm_group, period, count(*) AS x
    FROM counted
    WHERE child_key IS NULL
    GROUP BY feed, measure, area_id, harm_group, period
    UNION ALL
    SELECT feed, measure, area_id, harm_group, period, least(count(*), $cap_per_child) AS x
    FROM counted
    WHERE child_key IS NOT NULL
    GROUP BY feed, measure, area_id, harm_group, period, child_key
),
summed AS (
    SELECT feed, measure, area_id, harm_group, period, CAST(sum(x) AS BIGINT) AS x
    FROM parts
    GROUP BY feed, measure, area_id, harm_group, period
)
SELECT
    lattice.feed, lattice.measure, lattice.area_level, lattice.area_id, lattice.harm_group, lattice.period,
    lattice.period_start, measures.public,
    CASE WHEN lattice.has_counts THEN coalesce(summed.x, 0) END AS x,
    CASE WHEN NOT lattice.has_counts THEN lattice.state END AS withheld_because
FROM lattice
INNER JOIN measures USING (feed, measure)
LEFT JOIN summed USING (feed, measure, area_id, harm_group, period)
ORDER BY ALL
