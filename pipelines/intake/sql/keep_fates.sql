-- For whoever must look into single rows: what became of each, kept beside the rows themselves.
-- grain: one row per row read and measure
-- reads: fates
CREATE TABLE kept_fates AS
SELECT measure_no, row_no, delivery_no, period_no, group_no, area_no, located_by, fate FROM fates
