-- The deliveries a snapshot was made from, by their bytes.
-- grain: one row per delivery
-- reads: deliveries
SELECT feed, sha256 FROM deliveries ORDER BY feed, sha256
