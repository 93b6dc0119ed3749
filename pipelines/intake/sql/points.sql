-- The records whose place only an exact test can tell: near a boundary, or given in degrees.
-- grain: one row per such record
-- reads: settled, measures, records
SELECT settled.rowid AS settled_no, settled.edition_no, records.easting_m, records.northing_m, records.lon, records.lat
FROM settled
INNER JOIN measures ON measures.position = settled.measure_no
INNER JOIN records ON records.feed = measures.feed AND records.measure = measures.measure AND records.row_no = settled.row_no
WHERE settled.fate = 'unsure/'
