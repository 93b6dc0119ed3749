-- Everything that can become of a row of this build, each with its reason.
-- grain: one row per word
-- reads: records, categories, measures
SELECT word
FROM (
    VALUES ('counted/'), ('outside/not_in_any_area'), ('superseded/corrected'), ('superseded/resent'),
        ('too_late/rows_destroyed'), ('unplaced/no_location'), ('unplaced/unknown_beat'), ('unplaced/unknown_locality'),
        ('unsure/')
) AS always (word)
UNION
SELECT 'rejected/' || fault FROM records WHERE fault IS NOT NULL
UNION
SELECT 'outside/' || why_not FROM categories WHERE why_not IS NOT NULL
UNION
SELECT 'rejected/month_not_covered:' || occurred FROM measures
UNION
SELECT 'rejected/point_or_beat_disagree:' || occurred FROM measures
ORDER BY word
