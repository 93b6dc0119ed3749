-- grain: one row per base_area_id, area_level and area_id
-- reads: given_rows
CREATE TABLE area_members AS
SELECT base_area_id, area_level, area_id, weight, estimated
FROM given_rows
ORDER BY base_area_id, area_level, area_id
