-- grain: one row
-- reads: deliveries
SELECT max(delivered_on) AS delivered_on, max(covers_to) AS covers_to FROM deliveries WHERE feed = $feed
