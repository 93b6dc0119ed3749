-- grain: one row per area_id and neighbour_id
-- reads: given_rows
CREATE TABLE touching AS
SELECT area_id, neighbour_id
FROM given_rows
ORDER BY area_id, neighbour_id
