-- open_days is how many days schools were open in a term, null for months.
-- grain: one row per feed, measure and period
-- reads: given_rows
CREATE TABLE deliveries AS
SELECT
    feed, measure, grain, period, period_start, CAST(open_days AS INTEGER) AS open_days, state, frozen, delivered_on,
    covers_to, read_about, counted_about, outside_about, rejected_about, superseded_about, unplaced_about
FROM given_rows
ORDER BY feed, measure, period_start
