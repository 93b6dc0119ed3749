-- The records whose place only an exact test can tell: near a boundary, or given in degrees.
-- grain: one row per such record
-- reads: gridded
SELECT measure_no, row_no, edition_no, easting_m, northing_m, lon, lat
FROM gridded
WHERE fault IS NULL AND edition_no IS NOT NULL AND (lon IS NOT NULL OR grid_area_no = -1)
