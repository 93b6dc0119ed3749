-- The fates worked out once, for the counts made from them; the view stays for whoever looks into one row.
-- grain: one row per row read and measure
-- reads: fates
CREATE TEMP TABLE fated AS
SELECT measure_no, delivery_no, source, child_key, period_no, group_no, area_no, located_by, fate FROM fates
