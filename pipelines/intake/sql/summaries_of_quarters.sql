-- Locality by closed quarter: what became of the return home interview of each missing episode, and how many
-- children were reported missing once, twice, or more often in the whole city. A child stands once, in the locality of the
-- first report.
-- grain: one row per summary, locality, category and quarter
-- reads: fates, measures, periods, localities, missing_episodes, whole_periods
INSERT INTO summary_cells
WITH quarters AS (
    SELECT CAST(date_trunc('quarter', period_start) AS DATE) AS starts, max(period_end) AS ends
    FROM whole_periods
    WHERE feed = 'missing_episodes'
    GROUP BY ALL
    HAVING count(*) = 3
),
episodes AS (
    SELECT
        localities.locality_id, quarters.starts, fates.child_key, fates.row_no,
        CASE
            WHEN missing.rhi_completed_at <= missing.returned_at + INTERVAL 72 HOUR THEN 'completed_in_72_hours'
            WHEN missing.rhi_completed_at IS NOT NULL THEN 'completed_later'
            WHEN missing.rhi_declined THEN 'declined'
            ELSE 'not_completed'
        END AS interview
    FROM fates
    INNER JOIN measures ON measures.position = fates.measure_no
    INNER JOIN periods USING (period_no)
    INNER JOIN quarters ON quarters.starts = date_trunc('quarter', periods.period_start)
    INNER JOIN localities USING (area_no)
    INNER JOIN missing_episodes AS missing ON missing.rowid = fates.row_no
    WHERE measures.measure = 'missing_from' AND fates.fate = 'counted/'
),
children AS (
    SELECT arg_min(locality_id, row_no) AS locality_id, starts, least(count(*), 3) AS times
    FROM episodes
    WHERE child_key IS NOT NULL
    GROUP BY starts, child_key
),
grid AS (
    SELECT kinds.summary, kinds.category, localities.locality_id, quarters.starts, quarters.ends
    FROM quarters
    CROSS JOIN (SELECT locality_id FROM localities WHERE area_level = 'locality') AS localities
    CROSS JOIN (
        VALUES ('return_home_interviews', 'completed_in_72_hours'), ('return_home_interviews', 'completed_later'),
            ('return_home_interviews', 'declined'), ('return_home_interviews', 'not_completed'),
            ('repeat_episodes', 'one'), ('repeat_episodes', 'two'), ('repeat_episodes', 'three_or_more')
    ) AS kinds (summary, category)
),
counted AS (
    SELECT 'return_home_interviews' AS summary, interview AS category, locality_id, starts, count(*) AS x
    FROM episodes
    GROUP BY ALL
    UNION ALL
    SELECT 'repeat_episodes', CASE times WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'three_or_more' END, locality_id, starts, count(*)
    FROM children
    GROUP BY ALL
)
SELECT
    grid.summary, 'missing_episodes', 'locality', grid.locality_id, grid.category, 'quarter',
    strftime(grid.starts, '%Y') || '-Q' || quarter(grid.starts), grid.starts, grid.ends, coalesce(counted.x, 0)
FROM grid
LEFT JOIN counted USING (summary, category, locality_id, starts)
WHERE list_contains($summaries, grid.summary)
