-- grain: one row per summary, area, category and period
-- reads: given_rows
CREATE TABLE summaries (
    summary VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_level VARCHAR NOT NULL, area_id VARCHAR NOT NULL,
    category VARCHAR NOT NULL, period VARCHAR NOT NULL, period_start DATE NOT NULL, value BIGINT, withheld_because VARCHAR,
    CHECK ((value IS NULL) <> (withheld_because IS NULL)),
    CHECK (value >= 0),
    CHECK (area_level IN ('locality', 'city')),
    CHECK (withheld_because IN ('to_protect_people'))
);
INSERT INTO summaries
SELECT summary, feed, area_level, area_id, category, period, period_start, value, withheld_because
FROM given_rows
ORDER BY summary, area_level, area_id, category, period
