-- What became of every row, once. read = counted + outside + rejected + superseded + unplaced.
-- Numbers stand for names here (area_no, period_no, group_no), because there may be millions of rows.
-- grain: one row per row read and measure
-- reads: records, deliveries, superseded, measures, categories, days, feed_periods, placed, base_areas, localities
CREATE TABLE fates AS
WITH known AS (
    SELECT
        CAST(measures.position AS UTINYINT) AS measure_no, records.row_no, records.delivery_no, records.source,
        records.child_key, days.period_no, categories.group_no, placed.located_by,
        CASE
            WHEN measures.area_level = 'base' THEN coalesce(placed.area_no, by_beat.area_no)
            ELSE coalesce(named.area_no, stood_in.area_no)
        END AS area_no,
        CASE
            WHEN deliveries.superseded_by IS NOT NULL THEN 'superseded/resent'
            WHEN records.fault IS NOT NULL THEN 'rejected/' || records.fault
            WHEN superseded.row_no IS NOT NULL THEN 'superseded/corrected'
            WHEN categories.why_not IS NOT NULL THEN 'outside/' || categories.why_not
            WHEN feed_periods.has_counts IS NOT TRUE THEN 'rejected/month_not_covered:' || measures.occurred
            WHEN placed.located_by = 'disagree' THEN 'rejected/point_or_beat_disagree:' || measures.occurred
            WHEN placed.located_by = 'nowhere' AND named.area_no IS NULL THEN 'outside/not_in_any_area'
            WHEN placed.located_by IS NULL AND records.beat_code IS NOT NULL AND by_beat.area_no IS NULL
                THEN 'unplaced/unknown_beat'
            WHEN placed.located_by IS NULL AND records.locality_id IS NOT NULL AND named.area_no IS NULL
                THEN 'unplaced/unknown_locality'
        END AS known_fate
    FROM records
    INNER JOIN measures USING (feed, measure)
    INNER JOIN deliveries USING (delivery_no)
    LEFT JOIN superseded ON superseded.feed = records.feed AND superseded.row_no = records.row_no
    LEFT JOIN categories ON categories.feed = records.feed AND categories.category = records.category
    LEFT JOIN days ON days.grain = measures.grain AND days.day = records.happened_on
    LEFT JOIN feed_periods ON feed_periods.measure_no = measures.position AND feed_periods.period_no = days.period_no
    LEFT JOIN placed ON placed.measure_no = measures.position AND placed.row_no = records.row_no
    LEFT JOIN base_areas ON measures.area_level = 'locality' AND base_areas.area_no = placed.area_no
    LEFT JOIN localities AS stood_in ON stood_in.locality_id = base_areas.locality_id
    LEFT JOIN localities AS named ON named.locality_id = records.locality_id
    LEFT JOIN base_areas AS by_beat ON placed.row_no IS NULL AND by_beat.shapeless AND by_beat.beat_id = records.beat_code
        AND strftime(records.happened_on, '%Y-%m') >= by_beat.valid_from_period
        AND strftime(records.happened_on, '%Y-%m') <= coalesce(by_beat.valid_to_period, '9999-12')
)
SELECT
    measure_no, row_no, delivery_no, source, child_key, period_no, group_no, area_no,
    coalesce(located_by, 'code') AS located_by,
    coalesce(known_fate, CASE WHEN area_no IS NULL THEN 'unplaced/no_location' ELSE 'counted/' END) AS fate
FROM known
