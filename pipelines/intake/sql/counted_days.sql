-- Counted rows by day, for the cells and for the patterns, so that the many are gone through once for both. The day is
-- null where a range of dates does not say which it was.
-- grain: one row per measure, area, harm group, period and day
-- reads: fates
CREATE TEMP TABLE counted_days AS
SELECT
    measure_no, area_no, group_no, period_no, known_on AS day, count(*) AS records,
    count(*) FILTER (child_key IS NULL) AS of_no_child,
    count(*) FILTER (proactive = 'yes') AS proactive,
    count(*) FILTER (proactive IN ('yes', 'no')) AS known,
    count(*) FILTER (source_no IN (
        enum_code(TRY_CAST('police_recorded' AS code_record_source)), enum_code(TRY_CAST('police_intelligence' AS code_record_source))
    )) AS police,
    count(source_no) AS sourced
FROM fates
WHERE fate = 'counted/'
GROUP BY measure_no, area_no, group_no, period_no, known_on
