-- Every sound record with a point, in order.
-- grain: one row per record that has a point
-- reads: records, measures
SELECT
    measures.position AS measure_no,
    records.row_no,
    CAST(year(records.happened_on) * 12 + month(records.happened_on) AS INTEGER) AS month_no,
    records.easting_m,
    records.northing_m,
    records.lon,
    records.lat
FROM records
INNER JOIN measures USING (feed, measure)
WHERE records.fault IS NULL AND (records.easting_m IS NOT NULL OR records.lon IS NOT NULL)
