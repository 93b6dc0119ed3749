-- The words of the registers. A place that is no area we know is left out: it is a supplier's own word.
-- grain: one row per register entry and column of words
-- reads: register_texts, areas
SELECT
    feed, entry_id, CASE WHEN place_id IN (SELECT area_id FROM areas WHERE area_level <> 'base') THEN place_id END AS place_id,
    column_name, text, led_elsewhere
FROM register_texts
ORDER BY ALL
