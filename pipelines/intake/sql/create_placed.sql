-- grain: one row per record placed by an exact test
-- reads: nothing
CREATE TABLE placed (measure_no INTEGER, row_no BIGINT, area_no INTEGER, located_by VARCHAR)
