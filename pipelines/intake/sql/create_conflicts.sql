-- Where a file and what a meeting recorded say different things of one entry, and which of them stands.
-- grain: one row per entry and column in dispute; one with no column per recorded entry the contract refuses today
-- reads: nothing
CREATE TABLE conflicts (
    feed VARCHAR NOT NULL,
    entry_id VARCHAR NOT NULL,
    place_id VARCHAR,
    column_name VARCHAR NOT NULL,
    is_words BOOLEAN NOT NULL,
    recorded VARCHAR,
    filed VARCHAR,
    stands VARCHAR NOT NULL CHECK (stands IN ('recorded', 'file', 'neither')),
    event_number BIGINT NOT NULL,
    recorded_on DATE NOT NULL,
    delivery VARCHAR
)
