-- Every record with its period, its boundaries, and what the grid laid over them says of its point: the area its
-- cell lies wholly inside; -1 where only an exact test can tell; null where the cell is outside every area.
-- grain: one row per record
-- reads: records, calendar, grid
CREATE VIEW gridded AS
SELECT
    records.*, calendar.period_no, calendar.month_no, calendar.has_counts,
    calendar.edition_no,
    grid.area_no AS grid_area_no
FROM records
LEFT JOIN calendar ON calendar.measure_no = records.measure_no AND calendar.day = records.happened_on
LEFT JOIN grid ON records.lon IS NULL AND grid.cell_no
    = calendar.edition_no * 100000000000000
    + CAST(floor((records.northing_m - calendar.origin_northing_m) / calendar.cell_m) AS BIGINT) * 10000000
    + CAST(floor((records.easting_m - calendar.origin_easting_m) / calendar.cell_m) AS BIGINT)
