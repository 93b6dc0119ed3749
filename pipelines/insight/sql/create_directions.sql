-- Every place against its own past, and against the rest of the city: numbers alone, since the word also depends on
-- which places are shown together.
-- grain: one row per feed, measure, area_level, area_id, harm_group and mode
-- reads: given_rows
CREATE TABLE directions (
    feed VARCHAR NOT NULL, measure VARCHAR NOT NULL, area_level VARCHAR NOT NULL, area_id VARCHAR NOT NULL,
    harm_group VARCHAR NOT NULL, mode VARCHAR NOT NULL, through VARCHAR NOT NULL, up BOOLEAN NOT NULL, p DOUBLE,
    rate_ratio DOUBLE, rate_ratio_low DOUBLE, rate_ratio_high DOUBLE, recent_count DOUBLE, recent_periods DOUBLE, expected_count DOUBLE,
    expected_low DOUBLE, expected_high DOUBLE, smallest_visible_ratio DOUBLE, baseline_count DOUBLE,
    strongest_periods DOUBLE, strongest_count DOUBLE, strongest_low DOUBLE, strongest_high DOUBLE, year_p DOUBLE,
    year_up BOOLEAN, year_ratio DOUBLE, year_ratio_low DOUBLE, year_ratio_high DOUBLE,
    year_smallest_visible_ratio DOUBLE, year_count DOUBLE, year_baseline_count DOUBLE,
    CHECK (mode IN ('own_history', 'rest_of_city'))
);
INSERT INTO directions
SELECT
    feed, measure, area_level, area_id, harm_group, mode, through, up, p, rate_ratio, rate_ratio_low, rate_ratio_high,
    recent_count, recent_periods, expected_count, expected_low, expected_high, smallest_visible_ratio, baseline_count,
    strongest_periods, strongest_count, strongest_low, strongest_high, year_p, year_up,
    year_ratio, year_ratio_low, year_ratio_high, year_smallest_visible_ratio, year_count, year_baseline_count
FROM given_rows
ORDER BY feed, measure, area_level, area_id, harm_group, mode
