-- grain: one row
-- reads: deliveries
SELECT min(covers_from) FROM deliveries
