-- A zero is a fact and a blank has a reason: never both, never neither.
-- grain: one row per feed, measure, area_level, area_id, harm_group and period
-- reads: given_rows
CREATE TABLE counts (
    feed VARCHAR NOT NULL, measure VARCHAR NOT NULL, area_level VARCHAR NOT NULL, area_id VARCHAR NOT NULL,
    harm_group VARCHAR NOT NULL, period VARCHAR NOT NULL, period_start DATE NOT NULL, value BIGINT,
    withheld_because VARCHAR, public BOOLEAN NOT NULL,
    CHECK ((value IS NULL) <> (withheld_because IS NULL)),
    CHECK (value >= 0),
    CHECK (withheld_because IN ('still_arriving', 'not_collected', 'to_protect_people', 'boundary_changed'))
);
INSERT INTO counts
SELECT feed, measure, area_level, area_id, harm_group, period, period_start, value, withheld_because, public
FROM given_rows
ORDER BY feed, measure, area_level, area_id, harm_group, period
