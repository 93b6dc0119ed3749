-- Rows that could be counted and have no place: counted towards no area; and those with a place beyond the boundaries.
-- grain: one row per feed, measure, harm_group and period
-- reads: given_rows
CREATE TABLE unplaced (
    feed VARCHAR NOT NULL, measure VARCHAR NOT NULL, harm_group VARCHAR NOT NULL, period VARCHAR NOT NULL,
    period_start DATE NOT NULL, value BIGINT NOT NULL, elsewhere BIGINT NOT NULL,
    CHECK (value >= 0 AND elsewhere >= 0)
);
INSERT INTO unplaced
SELECT feed, measure, harm_group, period, period_start, value, elsewhere
FROM given_rows
ORDER BY feed, measure, harm_group, period
