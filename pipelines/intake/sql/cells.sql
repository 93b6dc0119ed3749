-- The private counts, before the gate. Each child adds at most the policy's cap to one cell.
-- grain: one row per measure, area, harm group and period
-- reads: lattice, counted_days, fates
CREATE TABLE cells AS
WITH parts AS (
    SELECT measure_no, area_no, group_no, period_no, of_no_child AS x
    FROM counted_days
    UNION ALL
    SELECT measure_no, area_no, group_no, period_no, least(count(*), $cap_per_child) AS x
    FROM fates
    WHERE fate = 'counted/' AND child_key IS NOT NULL
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
