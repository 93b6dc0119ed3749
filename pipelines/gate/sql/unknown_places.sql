-- How many rows name a place that is no released area.
-- grain: one row
-- reads: residents, register_texts, summaries, patterns, recording_events, areas
SELECT count(*)
FROM (
    SELECT area_id FROM residents
    UNION ALL
    SELECT place_id FROM register_texts
    UNION ALL
    SELECT area_id FROM summaries
    UNION ALL
    SELECT area_id FROM patterns
    UNION ALL
    SELECT area_id FROM recording_events
) AS named
WHERE area_id IS NOT NULL AND area_id NOT IN (SELECT area_id FROM areas)
