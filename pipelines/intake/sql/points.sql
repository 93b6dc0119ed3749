-- The records whose place only an exact test can tell: near a boundary, or given in degrees.
-- grain: one row per such record
-- reads: records, measures, settled
SELECT settled.rowid AS settled_no, settled.edition_no, records.easting_m, records.northing_m, records.lon, records.lat
FROM records
INNER JOIN measures USING (feed, measure)
INNER JOIN settled ON settled.measure_no = measures.position AND settled.row_no = records.row_no
WHERE settled.fate = 'unsure/'
