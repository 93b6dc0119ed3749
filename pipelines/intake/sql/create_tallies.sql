-- The private build log: exact, never released.
-- grain: one row per feed, measure, delivery, source, period, located_by, fate and reason
-- reads: nothing
CREATE TABLE tallies (
    feed VARCHAR, measure VARCHAR, delivery_no INTEGER, source VARCHAR, period VARCHAR, located_by VARCHAR, fate VARCHAR,
    reason VARCHAR, row_count BIGINT
)
