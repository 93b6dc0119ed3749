-- grain: one row per change in recording of one feed
-- reads: recording_events
SELECT entry_id, area_level, area_id, starts_on, kind FROM recording_events WHERE feed = $feed ORDER BY starts_on, entry_id
