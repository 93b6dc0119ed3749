-- grain: one row per area_level, area_id and year
-- reads: given_rows
CREATE TABLE residents AS
SELECT area_level, area_id, year, residents, residents_10_17, estimated
FROM given_rows
ORDER BY area_level, area_id, year
