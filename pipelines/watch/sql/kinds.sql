-- What each kind counts towards in the registers; a type in no group is never mapped, and is not here.
-- grain: one row per harm type that is counted on maps
-- reads: categories, measure_groups
SELECT categories.category AS kind, measure_groups.harm_group
FROM categories
INNER JOIN measure_groups ON measure_groups.feed = categories.feed AND measure_groups.group_no = categories.group_no
WHERE categories.feed = 'incidents' AND categories.why_not IS NULL
ORDER BY ALL
