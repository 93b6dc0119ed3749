-- grain: one row per pattern, area and period
-- reads: given_rows
CREATE TABLE patterns (
    pattern VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_level VARCHAR NOT NULL, area_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL, period_start DATE NOT NULL, word VARCHAR NOT NULL,
    CHECK (word IN (
        'mostly_not_recorded', 'mostly_proactive', 'mostly_reported', 'both', 'mostly_weekends', 'mostly_weekdays', 'any_day'
    ))
);
INSERT INTO patterns
SELECT pattern, feed, area_level, area_id, period, period_start, word
FROM given_rows
ORDER BY pattern, area_level, area_id, period
