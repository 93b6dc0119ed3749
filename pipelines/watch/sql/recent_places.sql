-- What the last four weeks of a kind in a place are made of: how many different days, and how much came from looking.
-- grain: one row per kind and place that counted anything in the last four weeks
-- reads: watched
SELECT
    kind, area_level, area_id, count(*) AS records, count(fell_on) AS dated, count(DISTINCT fell_on) AS days,
    count(*) FILTER (proactive = 'yes') AS proactive, count(*) FILTER (proactive IN ('yes', 'no')) AS known
FROM watched
WHERE week_no < 4
GROUP BY kind, area_level, area_id
ORDER BY ALL
