-- grain: one row per feed and period that was counted whole before its rows were destroyed
-- reads: given_rows
CREATE TABLE purged_periods AS
SELECT CAST(feed AS VARCHAR) AS feed, CAST(period_start AS DATE) AS period_start, CAST(period_end AS DATE) AS period_end
FROM given_rows
ORDER BY ALL
