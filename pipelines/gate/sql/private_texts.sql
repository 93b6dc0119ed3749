-- What the registers say. A place or an area that is none we know is left out: it is a supplier's own word.
-- grain: one row per register entry and column
-- reads: register_texts, areas
SELECT
    feed, entry_id, CASE WHEN place_id IN (SELECT area_id FROM areas WHERE area_level <> 'base') THEN place_id END AS place_id,
    column_name, kind, text, led_elsewhere
FROM register_texts
WHERE kind <> 'area' OR text IN (SELECT area_id FROM areas WHERE area_level = 'locality')
ORDER BY ALL
