-- What the registers say: codes and dates, and the words that were screened and accepted, or released by a steward; the
-- rest is withheld.
-- grain: one row per feed, entry_id and column_name
-- reads: given_rows
CREATE TABLE register_texts (
    feed VARCHAR NOT NULL, entry_id VARCHAR NOT NULL, place_id VARCHAR, column_name VARCHAR NOT NULL, kind VARCHAR NOT NULL, text VARCHAR,
    withheld_because VARCHAR,
    CHECK (kind IN ('words', 'value', 'area')),
    CHECK ((text IS NULL) <> (withheld_because IS NULL)),
    CHECK (withheld_because IN ('to_protect_people', 'led_elsewhere'))
);
INSERT INTO register_texts
SELECT feed, entry_id, place_id, column_name, kind, text, withheld_because
FROM given_rows
ORDER BY feed, entry_id, column_name
