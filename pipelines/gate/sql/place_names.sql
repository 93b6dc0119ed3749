-- What places are called, by name and by id: these may stand in a text.
-- grain: one row per name
-- reads: areas
SELECT DISTINCT name FROM areas WHERE area_level <> 'base'
UNION
SELECT DISTINCT area_id FROM areas WHERE area_level <> 'base'
ORDER BY 1
