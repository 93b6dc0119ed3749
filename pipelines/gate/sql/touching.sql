-- grain: one row per area_id and neighbour_id
-- reads: touching
SELECT area_id, neighbour_id FROM touching ORDER BY area_id, neighbour_id
