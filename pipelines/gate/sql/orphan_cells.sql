-- grain: one row
-- reads: counts, area_members
SELECT count(*) FROM counts WHERE area_id NOT IN (SELECT base_area_id FROM area_members)
