-- grain: one row per beat or place of concern in force
-- reads: areas
SELECT area_level, area_id, name FROM areas WHERE area_level IN ('beat', 'place_of_concern') ORDER BY ALL
