-- grain: one row per area and harm group of one measure, level and mode
-- reads: directions
SELECT
    area_id, harm_group, through, up, p, rate_ratio, rate_ratio_low, rate_ratio_high, recent_count, recent_periods, expected_count,
    expected_low, expected_high, smallest_visible_ratio, baseline_count,
    strongest_periods, strongest_count, strongest_low, strongest_high, year_p, year_up, year_ratio, year_ratio_low,
    year_ratio_high, year_smallest_visible_ratio, year_count, year_baseline_count
FROM directions
WHERE feed = $feed AND measure = $measure AND area_level = $area_level AND mode = $mode
ORDER BY area_id, harm_group
