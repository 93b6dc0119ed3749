-- Weeks in which a place had another outline, so that what fell in it can only be estimated: no past to judge by.
-- grain: one row per measure, place and such week
-- reads: area_members, base_areas, weeks
WITH redrawn AS (
    SELECT DISTINCT
        area_members.area_level, area_members.area_id, base_areas.valid_from_period AS first_period,
        coalesce(base_areas.valid_to_period, '9999-12') AS last_period
    FROM area_members
    INNER JOIN base_areas ON base_areas.area_id = area_members.base_area_id
    WHERE area_members.area_level IN ('beat', 'place_of_concern') AND area_members.weight BETWEEN 0.01 AND 0.99
)
SELECT DISTINCT weeks.measure, redrawn.area_level, redrawn.area_id, CAST(weeks.week_no AS INTEGER) AS week_no
FROM weeks
INNER JOIN redrawn
    ON strftime(weeks.ends_on - CAST(7 * weeks.week_no + 6 AS INTEGER), '%Y-%m') <= redrawn.last_period
    AND strftime(weeks.ends_on - CAST(7 * weeks.week_no AS INTEGER), '%Y-%m') >= redrawn.first_period
ORDER BY ALL
