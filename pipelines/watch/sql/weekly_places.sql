-- Exact weekly counts: private.
-- grain: one row per kind, place and week that counted anything; week_no 0 is the newest
-- reads: watched
SELECT kind, area_level, area_id, CAST(week_no AS INTEGER) AS week_no, count(*) AS x
FROM watched
GROUP BY kind, area_level, area_id, week_no
ORDER BY ALL
