-- Every area a measure is counted in, month by month: the grid that makes a zero a fact.
-- grain: one row per measure, area, harm group and period
-- reads: feed_periods, measures, measure_groups, base_areas, localities
CREATE TABLE lattice AS
SELECT
    feed_periods.feed, feed_periods.measure, 'base' AS area_level, base_areas.area_id, measure_groups.harm_group,
    feed_periods.period, feed_periods.period_start, feed_periods.has_counts, feed_periods.state
FROM feed_periods
INNER JOIN measures USING (feed, measure)
INNER JOIN measure_groups USING (feed, measure)
INNER JOIN base_areas ON feed_periods.period BETWEEN base_areas.valid_from_period
    AND coalesce(base_areas.valid_to_period, '9999-12')
WHERE measures.area_level = 'base' AND (measures.has_shapeless OR NOT base_areas.shapeless)
UNION ALL
SELECT
    feed_periods.feed, feed_periods.measure, 'locality' AS area_level, localities.locality_id AS area_id,
    measure_groups.harm_group, feed_periods.period, feed_periods.period_start, feed_periods.has_counts,
    feed_periods.state
FROM feed_periods
INNER JOIN measures USING (feed, measure)
INNER JOIN measure_groups USING (feed, measure)
CROSS JOIN localities
WHERE measures.area_level = 'locality'
