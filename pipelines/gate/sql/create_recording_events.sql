-- Changes in how a feed is recorded: a new system, a new way to report. Their notes stand among the register texts.
-- grain: one row per entry_id
-- reads: given_rows
CREATE TABLE recording_events (
    entry_id VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_level VARCHAR NOT NULL, area_id VARCHAR NOT NULL,
    starts_on DATE NOT NULL, kind VARCHAR NOT NULL,
    CHECK (area_level IN ('beat', 'place_of_concern', 'locality', 'city'))
);
INSERT INTO recording_events
SELECT entry_id, feed, area_level, area_id, starts_on, kind
FROM given_rows
ORDER BY entry_id
