-- harm_group is a group the feed is shown in, or all of them together.
-- grain: one row per pattern, area, harm group and period
-- reads: given_rows
CREATE TABLE patterns (
    pattern VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_level VARCHAR NOT NULL, area_id VARCHAR NOT NULL,
    harm_group VARCHAR NOT NULL, period VARCHAR NOT NULL, period_start DATE NOT NULL, word VARCHAR NOT NULL,
    CHECK (word IN (
        'hardly_any_proactive', 'some_proactive', 'about_half_proactive', 'mostly_proactive', 'nearly_all_proactive',
        'hardly_any_police', 'some_police', 'about_half_police', 'mostly_police', 'nearly_all_police',
        'mostly_not_recorded', 'mostly_weekends', 'mostly_weekdays', 'any_day', 'one_day_burst', 'spread_out'
    ))
);
INSERT INTO patterns
SELECT pattern, feed, area_level, area_id, harm_group, period, period_start, word
FROM given_rows
ORDER BY pattern, area_level, area_id, harm_group, period
