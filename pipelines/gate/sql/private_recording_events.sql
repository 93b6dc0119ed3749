-- Changes in recording that have begun by the day the build is made for. A feed nothing is counted of or a place that is
-- no area we know is a supplier's own word: the event is left out. Blank means the whole city. The entry_id is the one
-- the event's note has among the register texts.
-- grain: one row per change in recording
-- reads: known_recording_events, areas, build_facts, feed_periods
WITH places AS (
    SELECT area_level, area_id, list_position(['beat', 'place_of_concern', 'locality', 'city'], area_level) AS place
    FROM areas
    WHERE area_level IN ('beat', 'place_of_concern', 'locality', 'city')
)
SELECT
    substr(sha256('recording_events|' || events.event_ref), 1, 16) AS entry_id, events.feed, places.area_level,
    places.area_id, events.starts_on, CAST(events.kind AS VARCHAR) AS kind
FROM known_recording_events AS events
INNER JOIN places ON coalesce(places.area_id = events.place_id, places.area_level = 'city')
WHERE events.starts_on <= (SELECT as_at FROM build_facts) AND events.feed IN (SELECT feed FROM feed_periods)
QUALIFY row_number() OVER (PARTITION BY events.event_ref ORDER BY places.place) = 1
ORDER BY ALL
