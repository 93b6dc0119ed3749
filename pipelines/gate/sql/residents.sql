-- grain: one row per area_level, area_id and year
-- reads: resident_counts
SELECT area_level, area_id, year, residents, residents_10_17, estimated FROM resident_counts ORDER BY area_level, area_id, year
