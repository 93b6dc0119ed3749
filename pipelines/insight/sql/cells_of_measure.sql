-- Every released cell of one measure.
-- grain: one row per base area, harm group and period
-- reads: counts
SELECT area_id, harm_group, period, value
FROM counts
WHERE feed = $feed AND measure = $measure
ORDER BY area_id, harm_group, period
