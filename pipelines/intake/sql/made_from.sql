-- The files and the settings the warehouse was made from.
-- grain: one row
-- reads: deliveries, build_facts
SELECT
    (
        SELECT list(name) FROM deliveries
        WHERE NOT ends_with(name, '/(destroyed)') AND NOT ends_with(name, '/(recorded)')
    ), policy_sha256, partnership_sha256
FROM build_facts
