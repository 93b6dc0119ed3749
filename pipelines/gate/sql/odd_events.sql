-- How many changes in recording are of a feed nothing is told of, or stand twice.
-- grain: one row
-- reads: recording_events
SELECT count(*) FILTER (NOT list_contains($feeds, feed)) + count(*) - count(DISTINCT entry_id) FROM recording_events
