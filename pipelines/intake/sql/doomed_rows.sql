-- grain: one row per row of a delivery that is destroyed, by its place in the file
-- reads: doomed
SELECT row_of_file FROM doomed WHERE delivery_no = $delivery_no ORDER BY row_of_file
