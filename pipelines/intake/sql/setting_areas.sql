-- grain: one row per setting and edition of the boundaries
-- reads: given_rows
CREATE TABLE setting_areas AS
SELECT
    CAST(setting_urn AS VARCHAR) AS setting_urn, CAST(area_id AS VARCHAR) AS area_id,
    CAST(first_period AS VARCHAR) AS first_period, CAST(last_period AS VARCHAR) AS last_period
FROM given_rows
ORDER BY setting_urn, first_period
