-- The words behind the numbers that rows carry for who told: a number takes less room and time than a word.
-- grain: one row per feed and source
-- reads: nothing
CREATE TEMP TABLE sources AS
WITH told AS (
    SELECT unnest(enum_range(CAST(NULL AS code_record_source))) AS source
),
missed_from AS (
    SELECT unnest(enum_range(CAST(NULL AS code_missing_from_type))) AS source
)
SELECT feeds.feed, enum_code(CAST(told.source AS code_record_source)) AS source_no, told.source
FROM told
CROSS JOIN (VALUES ('incidents'), ('weapon_in_school_reports'), ('police_uk')) AS feeds (feed)
UNION ALL
SELECT 'missing_episodes', enum_code(CAST(source AS code_missing_from_type)), source
FROM missed_from
