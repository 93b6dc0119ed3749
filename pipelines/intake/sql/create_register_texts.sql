-- grain: one row per register entry and column that is not blank
-- reads: nothing
CREATE TABLE register_texts (
    feed VARCHAR NOT NULL, entry_id VARCHAR NOT NULL, place_id VARCHAR, column_name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, text VARCHAR NOT NULL, led_elsewhere BOOLEAN NOT NULL
)
