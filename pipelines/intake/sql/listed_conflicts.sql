-- What is in dispute, for whoever settles it. Words stay in the warehouse: that they differ is all that is said.
-- grain: one row per entry and column in dispute
-- reads: conflicts
SELECT
    feed, entry_id, place_id, column_name,
    CASE WHEN NOT is_words THEN recorded END AS recorded,
    CASE WHEN NOT is_words THEN filed END AS filed,
    stands, event_number, recorded_on, delivery
FROM conflicts
ORDER BY feed, event_number, column_name
