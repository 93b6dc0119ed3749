-- The records whose place only an exact test can tell: near a boundary, or given in degrees.
-- grain: one row per such record
-- reads: settled
SELECT rowid AS settled_no, edition_no, easting_m, northing_m, lon, lat FROM settled WHERE fate = 'unsure/'
