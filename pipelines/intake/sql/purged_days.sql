-- grain: one row per feed and day whose rows are destroyed
-- reads: given_rows
CREATE TABLE purged_days AS
SELECT CAST(feed AS VARCHAR) AS feed, CAST(day AS DATE) AS day FROM given_rows ORDER BY ALL
