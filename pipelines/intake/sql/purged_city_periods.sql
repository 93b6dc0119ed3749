-- What was counted by city and period before its rows were destroyed, so that its year can be told when it closes.
-- grain: one row per summary, category and period
-- reads: given_rows
CREATE TABLE purged_city_periods AS
SELECT
    CAST(summary AS VARCHAR) AS summary, CAST(feed AS VARCHAR) AS feed, CAST(category AS VARCHAR) AS category,
    CAST(period_start AS DATE) AS period_start, CAST(x AS BIGINT) AS x
FROM given_rows
ORDER BY ALL
