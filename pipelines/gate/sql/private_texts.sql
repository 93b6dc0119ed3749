-- grain: one row per register entry and column of words
-- reads: register_texts
SELECT feed, entry_id, place_id, column_name, text, led_elsewhere FROM register_texts ORDER BY ALL
