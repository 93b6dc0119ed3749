-- grain: one row per setting whose locality is known
-- reads: settled
CREATE TABLE setting_localities AS
SELECT CAST(setting_urn AS VARCHAR) AS setting_urn, CAST(locality_id AS VARCHAR) AS locality_id
FROM settled
ORDER BY setting_urn
