-- Rows without a place of one measure, rounded.
-- grain: one row per harm group and period
-- reads: unplaced
SELECT harm_group, period, value, elsewhere FROM unplaced WHERE feed = $feed AND measure = $measure ORDER BY harm_group, period
