-- What one register says, as far as it was released.
-- grain: one row per entry and column
-- reads: register_texts
SELECT entry_id, place_id, column_name, kind, text, withheld_because
FROM register_texts
WHERE feed = $feed
ORDER BY entry_id, column_name
