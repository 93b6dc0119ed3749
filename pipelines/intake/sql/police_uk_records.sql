-- Public context. Points are snapped to map points and dates are months; nothing is de-duplicated.
-- grain: one row per row read from a published street-level file
-- reads: police_uk, measures
CREATE VIEW police_uk_records AS
SELECT
    'police_uk' AS feed,
    (SELECT CAST(position AS INTEGER) FROM measures WHERE feed = 'police_uk' AND measure = 'crimes') AS measure_no,
    rowid AS row_no,
    delivery_no,
    CAST(NULL AS VARCHAR) AS record_ref,
    CAST(enum_code(TRY_CAST('police_recorded' AS code_record_source)) AS INTEGER) AS source_no,
    CAST("Crime type" AS VARCHAR) AS category,
    "Month" AS happened_on,
    CAST(NULL AS DOUBLE) AS easting_m,
    CAST(NULL AS DOUBLE) AS northing_m,
    "Longitude" AS lon,
    "Latitude" AS lat,
    CAST(NULL AS VARCHAR) AS beat_code,
    CAST(NULL AS VARCHAR) AS locality_id,
    CAST(NULL AS UBIGINT) AS child_key,
    CAST(NULL AS code_age_band) AS age_band,
    CAST(NULL AS DATE) AS known_on,
    CAST(NULL AS DATE) AS recorded_on,
    CAST(NULL AS code_yes_no_unknown) AS proactive,
    fault
FROM police_uk
