-- Rows that could be counted and have no place: counted towards no area.
-- grain: one row per feed, measure, harm_group and period
-- reads: given_rows
CREATE TABLE unplaced (
    feed VARCHAR NOT NULL, measure VARCHAR NOT NULL, harm_group VARCHAR NOT NULL, period VARCHAR NOT NULL,
    period_start DATE NOT NULL, value BIGINT NOT NULL,
    CHECK (value >= 0)
);
INSERT INTO unplaced
SELECT feed, measure, harm_group, period, period_start, value
FROM given_rows
ORDER BY feed, measure, harm_group, period
