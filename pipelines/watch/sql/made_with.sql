-- What a recount must agree with: the settings of the build, its months and areas, and how many records it counted.
-- grain: one row
-- reads: build_facts, periods, base_areas, tallies
SELECT
    policy_sha256, partnership_sha256,
    (SELECT list(period ORDER BY period_start) FROM periods WHERE grain = 'month') AS months,
    (SELECT list(area_id ORDER BY area_no) FROM base_areas) AS base_areas,
    (SELECT sum(row_count) FROM tallies WHERE fate = 'counted' AND measure IN ('incidents', 'found_at')) AS counted
FROM build_facts
