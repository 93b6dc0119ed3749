-- grain: one row per setting, as last delivered
-- reads: settings
SELECT
    setting_urn, easting_m, northing_m, beat_code,
    [coalesce(strftime(open_from, '%Y-%m-%d'), '0000'), coalesce(strftime(open_to, '%Y-%m-%d'), '9999')] AS open_on
FROM settings
WHERE fault IS NULL
QUALIFY row_number() OVER (PARTITION BY setting_urn ORDER BY rowid DESC) = 1
ORDER BY setting_urn
