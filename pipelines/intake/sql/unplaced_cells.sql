-- Rows that could be counted and have no place, before the gate: by kind, because what is recorded without a place differs
-- by kind of harm, and a fall in the located share is no fall in harm. Beside them those that lie elsewhere: of a source that
-- speaks of a wider area, only a part of the rows without a place is this city's.
-- grain: one row per measure, harm group and period that has counts
-- reads: counted_by, feed_periods, measures, measure_groups
CREATE TABLE unplaced_cells AS
WITH without_place AS (
    SELECT
        measure_no, group_no, period_no,
        CAST(coalesce(sum(row_count) FILTER (starts_with(fate, 'unplaced/')), 0) AS BIGINT) AS x,
        CAST(coalesce(sum(row_count) FILTER (fate = 'outside/not_in_any_area'), 0) AS BIGINT) AS elsewhere_x
    FROM counted_by
    WHERE starts_with(fate, 'unplaced/') OR fate = 'outside/not_in_any_area'
    GROUP BY measure_no, group_no, period_no
)
SELECT
    measures.feed, measures.measure, measure_groups.harm_group, feed_periods.period, feed_periods.period_start,
    coalesce(without_place.x, 0) AS x, coalesce(without_place.elsewhere_x, 0) AS elsewhere_x
FROM feed_periods
INNER JOIN measures ON measures.position = feed_periods.measure_no
INNER JOIN measure_groups ON measure_groups.feed = measures.feed AND measure_groups.measure = measures.measure
LEFT JOIN without_place ON without_place.measure_no = feed_periods.measure_no
    AND without_place.group_no = measure_groups.group_no AND without_place.period_no = feed_periods.period_no
WHERE feed_periods.has_counts
ORDER BY ALL
