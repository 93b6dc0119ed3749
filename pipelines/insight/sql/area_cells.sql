-- The released cells that count towards each area asked for, of one level.
-- grain: one row per area, base area, harm group and period
-- reads: counts, area_members
SELECT area_members.area_id, counts.period, counts.value, counts.withheld_because, area_members.weight, area_members.estimated
FROM counts
INNER JOIN area_members ON area_members.base_area_id = counts.area_id
WHERE area_members.area_level = $area_level
    AND area_members.area_id IN (SELECT unnest(CAST($area_ids AS VARCHAR [])))
    AND counts.feed = $feed AND counts.measure = $measure
    AND list_contains($harm_groups, counts.harm_group) AND list_contains($periods, counts.period)
ORDER BY ALL
