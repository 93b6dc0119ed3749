-- What was counted and what had no place, of one measure by kind.
-- grain: one row per harm group and period
-- reads: counts, unplaced
SELECT unplaced.harm_group, unplaced.period, coalesce(summed.value, 0) AS counted, unplaced.value AS unplaced,
    unplaced.elsewhere
FROM unplaced
LEFT JOIN (
    SELECT harm_group, period, sum(value) AS value
    FROM counts
    WHERE feed = $feed AND measure = $measure
    GROUP BY harm_group, period
) AS summed USING (harm_group, period)
WHERE unplaced.feed = $feed AND unplaced.measure = $measure
ORDER BY unplaced.harm_group, unplaced.period
