-- A range of dates over the end of a month puts the whole record into one day, drawn evenly over the range by its own
-- reference, so that its month is drawn by overlap and is the same in every build. Within a month any day will do.
-- grain: one row per row read from an incidents delivery
-- reads: incidents, measures
CREATE VIEW incidents_records AS
SELECT
    'incidents' AS feed,
    (SELECT CAST(position AS INTEGER) FROM measures WHERE feed = 'incidents' AND measure = 'incidents') AS measure_no,
    rowid AS row_no,
    delivery_no,
    record_ref,
    CAST(enum_code(record_source) AS INTEGER) AS source_no,
    CAST(harm_type AS VARCHAR) AS category,
    CASE
        WHEN occurred_to > last_day(occurred_from)
            THEN occurred_from + CAST(least(
                floor(md5_number_lower(record_ref) / 18446744073709551616.0 * (occurred_to - occurred_from + 1)),
                occurred_to - occurred_from
            ) AS INTEGER)
        ELSE occurred_from
    END AS happened_on,
    easting_m,
    northing_m,
    lon,
    lat,
    beat_code,
    CAST(NULL AS VARCHAR) AS locality_id,
    child_ref AS child_key,
    age_band,
    CASE WHEN coalesce(occurred_to, occurred_from) = occurred_from THEN occurred_from END AS known_on,
    recorded_on,
    proactive,
    fault
FROM incidents
