-- Every delivery of a feed as it was received, with what was sent again in its place or before it.
-- grain: one row per delivery of the feed
-- reads: deliveries
SELECT delivery_no, name, sha256, delivered_on, superseded_by FROM deliveries WHERE feed = $feed ORDER BY delivery_no
