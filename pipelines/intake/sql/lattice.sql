-- Every area a measure is counted in, period by period: the grid that makes a zero a fact.
-- grain: one row per measure, area, harm group and period
-- reads: feed_periods, measures, measure_groups, base_areas, localities
CREATE TABLE lattice AS
WITH areas AS (
    SELECT 'base' AS area_level, area_no, area_id, shapeless, valid_from_period, coalesce(valid_to_period, '9999-12') AS valid_to_period
    FROM base_areas
    UNION ALL
    SELECT area_level, area_no, locality_id, false, first_period, last_period FROM localities
)
SELECT
    feed_periods.measure_no, measures.feed, measures.measure, areas.area_level, areas.area_no, areas.area_id,
    measure_groups.group_no, measure_groups.harm_group, feed_periods.period_no, feed_periods.period,
    feed_periods.period_start, feed_periods.has_counts, feed_periods.state, measures.public
FROM feed_periods
INNER JOIN measures ON measures.position = feed_periods.measure_no
INNER JOIN measure_groups ON measure_groups.feed = measures.feed AND measure_groups.measure = measures.measure
INNER JOIN areas ON (areas.area_level = measures.area_level OR areas.area_level = measures.finer_level)
    AND (measures.has_shapeless OR NOT areas.shapeless)
    AND strftime(feed_periods.period_start, '%Y-%m') BETWEEN areas.valid_from_period AND areas.valid_to_period
