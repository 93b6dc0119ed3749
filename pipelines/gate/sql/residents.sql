-- Residents of the areas there are: an id that is no area is a supplier's own word, and stays here.
-- grain: one row per area_level, area_id and year
-- reads: resident_counts, areas
SELECT area_level, area_id, year, residents, residents_10_17, estimated
FROM resident_counts
SEMI JOIN areas USING (area_level, area_id)
ORDER BY area_level, area_id, year
