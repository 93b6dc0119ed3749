-- The areas of one level that are in force now, with the newest residents.
-- grain: one row per area
-- reads: areas, residents
SELECT areas.area_id, areas.name, areas.place_category, newest.residents_10_17
FROM areas
LEFT JOIN (
    SELECT area_id, residents_10_17
    FROM residents
    WHERE area_level = $area_level
    QUALIFY row_number() OVER (PARTITION BY area_id ORDER BY year DESC) = 1
) AS newest USING (area_id)
WHERE areas.area_level = $area_level AND areas.valid_to IS NULL
ORDER BY areas.name, areas.area_id
