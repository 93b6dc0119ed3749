-- The records whose place only an exact test can tell: near a boundary, or given in degrees.
-- grain: one row per such record
-- reads: records, settled
SELECT settled.rowid AS settled_no, settled.edition_no, records.easting_m, records.northing_m, records.lon, records.lat
FROM records
INNER JOIN settled USING (measure_no, row_no)
WHERE settled.fate = 'unsure/'
