-- grain: one row per setting, as last delivered
-- reads: settings
SELECT setting_urn, easting_m, northing_m, beat_code
FROM settings
WHERE fault IS NULL
QUALIFY row_number() OVER (PARTITION BY setting_urn ORDER BY rowid DESC) = 1
ORDER BY setting_urn
