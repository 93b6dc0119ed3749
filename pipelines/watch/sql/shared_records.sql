-- How many records of the last four weeks two rows of the list would both be about.
-- grain: one row per two different rows (kind and place) that share a record; both ways round
-- reads: watched
SELECT
    one.kind, one.area_level, one.area_id, other.kind AS other_kind, other.area_level AS other_level,
    other.area_id AS other_id, count(*) AS shared
FROM watched AS one
INNER JOIN watched AS other USING (measure_no, row_no)
WHERE one.week_no < 4 AND other.week_no < 4
    AND (one.kind, one.area_level, one.area_id) <> (other.kind, other.area_level, other.area_id)
GROUP BY ALL
ORDER BY ALL
