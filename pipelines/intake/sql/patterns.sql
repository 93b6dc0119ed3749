-- How things stood in each closed quarter whose rows are still here, in words only: whether records came from looking or
-- from being told, whether the police told them, whether they fell at weekends, whether one day brought a burst of them.
-- The numbers behind a word stay here. Of each harm group and of all together; of a place of concern only where all its
-- records lie inside it, none of them shared out by a crosswalk. A share of fewer than 30 records is no word.
-- grain: one row per pattern, area, harm group and quarter
-- reads: counted_days, measures, measure_groups, periods, base_areas, area_members, whole_periods
CREATE TABLE pattern_words AS
WITH quarters AS (
    SELECT CAST(date_trunc('quarter', period_start) AS DATE) AS starts, max(period_end) AS ends
    FROM whole_periods
    WHERE feed = 'incidents'
    GROUP BY ALL
    HAVING count(*) = 3
),
daily AS (
    SELECT quarters.starts, counted_days.*
    FROM counted_days
    INNER JOIN measures ON measures.position = counted_days.measure_no
    INNER JOIN periods USING (period_no)
    INNER JOIN quarters ON periods.period_start BETWEEN quarters.starts AND quarters.ends
    WHERE measures.feed = 'incidents'
),
towards AS (
    SELECT *, dense_rank() OVER (ORDER BY area_level, area_id) AS towards_no
    FROM (
        SELECT 'beat' AS area_level, beat_id AS area_id, area_no, false AS shared_out FROM base_areas
        UNION ALL
        SELECT 'locality', locality_id, area_no, false FROM base_areas
        UNION ALL
        SELECT 'city', $city_id, area_no, false FROM base_areas
        UNION ALL
        SELECT area_members.area_level, area_members.area_id, base_areas.area_no, area_members.estimated
        FROM area_members
        INNER JOIN base_areas ON base_areas.area_id = area_members.base_area_id
        WHERE area_members.area_level = 'place_of_concern'
    )
),
of_days AS (
    SELECT
        towards.towards_no, coalesce(daily.group_no, -1) AS group_no, daily.starts, daily.day, sum(daily.records) AS records,
        sum(daily.proactive) AS proactive, sum(daily.known) AS known, sum(daily.police) AS police,
        sum(daily.sourced) AS sourced, bool_or(towards.shared_out) AS shared_out
    FROM daily
    INNER JOIN towards USING (area_no)
    GROUP BY GROUPING SETS (
        (towards.towards_no, daily.group_no, daily.starts, daily.day), (towards.towards_no, daily.starts, daily.day)
    )
),
summed AS (
    SELECT
        towards_no, group_no, starts, sum(records) AS records, sum(proactive) AS proactive, sum(known) AS known,
        sum(police) AS police, sum(sourced) AS sourced, coalesce(sum(records) FILTER (day IS NOT NULL), 0) AS dated,
        max(records) FILTER (day IS NOT NULL) AS fullest_day,
        coalesce(sum(records) FILTER (dayofweek(day) IN (0, 6)), 0) AS weekend
    FROM of_days
    GROUP BY towards_no, group_no, starts
    HAVING sum(records) >= 30 AND NOT bool_or(shared_out)
),
shares AS (
    SELECT named.area_level, named.area_id, coalesce(measure_groups.harm_group, 'all') AS harm_group, quarters.ends, summed.*
    FROM summed
    INNER JOIN quarters USING (starts)
    INNER JOIN (SELECT DISTINCT towards_no, area_level, area_id FROM towards) AS named USING (towards_no)
    LEFT JOIN measure_groups ON measure_groups.feed = 'incidents' AND measure_groups.group_no = summed.group_no
),
in_fifths AS (
    SELECT
        pattern, area_level, area_id, harm_group, starts, ends,
        CASE
            WHEN whole < 0.5 * records THEN 'mostly_not_recorded'
            WHEN whole < 30 THEN NULL
            WHEN part < 0.2 * whole THEN 'hardly_any_' || what
            WHEN part < 0.4 * whole THEN 'some_' || what
            WHEN part < 0.6 * whole THEN 'about_half_' || what
            WHEN part < 0.8 * whole THEN 'mostly_' || what
            ELSE 'nearly_all_' || what
        END AS word
    FROM (
        SELECT 'how_it_came_to_light' AS pattern, 'proactive' AS what, proactive AS part, known AS whole, * FROM shares
        UNION ALL
        SELECT 'who_told', 'police', police, sourced, * FROM shares
    )
)
SELECT
    pattern, 'incidents' AS feed, area_level, area_id, harm_group, strftime(starts, '%Y') || '-Q' || quarter(starts) AS period,
    starts AS period_start, ends AS period_end, word
FROM (
    SELECT pattern, area_level, area_id, harm_group, starts, ends, word FROM in_fifths
    UNION ALL
    SELECT
        'days', area_level, area_id, harm_group, starts, ends,
        CASE
            WHEN weekend >= 0.45 * dated THEN 'mostly_weekends'
            WHEN weekend <= 0.15 * dated THEN 'mostly_weekdays'
            ELSE 'any_day'
        END
    FROM shares
    WHERE dated >= 30
    UNION ALL
    SELECT
        'bursts', area_level, area_id, harm_group, starts, ends,
        -- A fifth of thirty or more: never fewer than six.
        CASE WHEN fullest_day >= 0.2 * dated THEN 'one_day_burst' ELSE 'spread_out' END
    FROM shares
    WHERE dated >= 30
)
WHERE list_contains($patterns, pattern) AND word IS NOT NULL
ORDER BY ALL
