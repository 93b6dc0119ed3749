-- The private counts, before the gate. Each child adds at most the policy's cap to one cell.
-- grain: one row per measure, area, harm group and period
-- reads: lattice, fates
CREATE TABLE cells AS
WITH counted AS (
    SELECT measure_no, area_no, group_no, period_no, child_key FROM fates WHERE fate = 'counted/'
),
parts AS (
    SELECT measure_no, area_no, group_no, period_no, count(*) AS x
    FROM counted
    WHERE child_key IS NULL
    GROUP BY measure_no, area_no, group_no, period_no
    UNION ALL
    SELECT measure_no, area_no, group_no, period_no, least(count(*), $cap_per_child) AS x
    FROM counted
    WHERE child_key IS NOT NULL
    GROUP BY measure_no, area_no, group_no, period_no, child_key
),
summed AS (
    SELECT measure_no, area_no, group_no, period_no, CAST(sum(x) AS BIGINT) AS x
    FROM parts
    GROUP BY measure_no, area_no, group_no, period_no
)
SELECT
    lattice.feed, lattice.measure, lattice.area_level, lattice.area_id, lattice.harm_group, lattice.period,
    lattice.period_start, lattice.public,
    CASE WHEN lattice.has_counts THEN coalesce(summed.x, 0) END AS x,
    CASE WHEN NOT lattice.has_counts THEN lattice.state END AS withheld_because
FROM lattice
LEFT JOIN summed USING (measure_no, area_no, group_no, period_no)
ORDER BY ALL
