-- A report counts in the locality it names, or in the one its setting stands in.
-- grain: one row per row read from a weapon-in-school delivery
-- reads: weapon_in_school_reports, setting_localities
CREATE VIEW weapon_records AS
SELECT
    'weapon_in_school_reports' AS feed,
    'reports' AS measure,
    reports.rowid AS row_no,
    reports.delivery_no,
    reports.report_ref AS record_ref,
    'school_report' AS source,
    'all' AS category,
    reports.incident_on AS happened_on,
    CAST(NULL AS DOUBLE) AS easting_m,
    CAST(NULL AS DOUBLE) AS northing_m,
    CAST(NULL AS DOUBLE) AS lon,
    CAST(NULL AS DOUBLE) AS lat,
    CAST(NULL AS VARCHAR) AS beat_code,
    coalesce(lower(replace(reports.locality, ' ', '_')), stands.locality_id) AS locality_id,
    CAST(NULL AS UBIGINT) AS child_key,
    reports.fault
FROM weapon_in_school_reports AS reports
LEFT JOIN setting_localities AS stands ON stands.setting_urn = reports.setting_urn
