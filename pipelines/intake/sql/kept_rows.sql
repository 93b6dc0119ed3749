-- grain: one row per row of a delivery that is still needed, in the order of the file
-- reads: given, doomed_rows
SELECT given.* FROM given ANTI JOIN doomed_rows ON doomed_rows.row_of_file = given.rowid ORDER BY given.rowid
