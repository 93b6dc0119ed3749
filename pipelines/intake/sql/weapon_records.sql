-- A report counts in the cluster its school is in, or in the locality it names where it names no school we know.
-- What became of it so far: assessed by the education inclusion manager or not yet, and if so whether the school place
-- was kept. A term is the period, and its cluster that of the boundaries in force when the term began.
-- grain: one row per row read from a weapon-in-school delivery
-- reads: weapon_in_school_reports, setting_areas, periods, measures
CREATE VIEW weapon_records AS
SELECT
    'weapon_in_school_reports' AS feed,
    (SELECT CAST(position AS INTEGER) FROM measures WHERE feed = 'weapon_in_school_reports' AND measure = 'reports') AS measure_no,
    reports.rowid AS row_no,
    reports.delivery_no,
    reports.report_ref AS record_ref,
    CAST(enum_code(TRY_CAST('school_report' AS code_record_source)) AS INTEGER) AS source_no,
    CASE
        WHEN reports.eim_assessed_on IS NULL THEN 'not_assessed'
        WHEN reports.school_outcome = 'kept_place' THEN 'assessed_place_kept'
        ELSE 'assessed_other_or_awaiting'
    END AS category,
    reports.incident_on AS happened_on,
    CAST(NULL AS DOUBLE) AS easting_m,
    CAST(NULL AS DOUBLE) AS northing_m,
    CAST(NULL AS DOUBLE) AS lon,
    CAST(NULL AS DOUBLE) AS lat,
    CAST(NULL AS VARCHAR) AS beat_code,
    coalesce(stands.area_id, lower(replace(reports.locality, ' ', '_'))) AS locality_id,
    CAST(NULL AS UBIGINT) AS child_key,
    CAST(NULL AS code_age_band) AS age_band,
    CAST(NULL AS DATE) AS known_on,
    CAST(NULL AS DATE) AS recorded_on,
    CAST(NULL AS code_yes_no_unknown) AS proactive,
    reports.fault
FROM weapon_in_school_reports AS reports
LEFT JOIN periods ON periods.grain = 'term' AND reports.incident_on BETWEEN periods.period_start AND periods.period_end
LEFT JOIN setting_areas AS stands ON stands.setting_urn = reports.setting_urn
    AND strftime(periods.period_start, '%Y-%m') BETWEEN stands.first_period AND stands.last_period
