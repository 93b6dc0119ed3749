-- grain: one row per feed and day whose rows are to be destroyed, or were before
-- reads: given_days
CREATE TEMP TABLE due_days AS
SELECT CAST(feed AS VARCHAR) AS feed, CAST(day AS DATE) AS day FROM given_days
