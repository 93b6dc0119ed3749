-- grain: one row per edition
-- reads: batch
INSERT INTO editions
SELECT edition_no, first_period, last_period, origin_easting_m, origin_northing_m, cell_m FROM batch
