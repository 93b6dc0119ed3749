-- grain: one row per row read from a missing-episodes delivery
-- reads: missing_episodes, measures
CREATE VIEW found_at_records AS
SELECT
    'missing_episodes' AS feed,
    (SELECT CAST(position AS INTEGER) FROM measures WHERE feed = 'missing_episodes' AND measure = 'found_at') AS measure_no,
    rowid AS row_no,
    delivery_no,
    episode_ref AS record_ref,
    CAST(enum_code(missing_from_type) AS INTEGER) AS source_no,
    'all' AS category,
    CAST(missing_from_at AS DATE) AS happened_on,
    found_at_easting_m AS easting_m,
    found_at_northing_m AS northing_m,
    found_at_lon AS lon,
    found_at_lat AS lat,
    found_at_beat_code AS beat_code,
    CAST(NULL AS VARCHAR) AS locality_id,
    child_ref AS child_key,
    CAST(NULL AS code_age_band) AS age_band,
    CAST(NULL AS DATE) AS known_on,
    CAST(NULL AS DATE) AS recorded_on,
    CAST(NULL AS code_yes_no_unknown) AS proactive,
    fault
FROM missing_episodes
