-- What this build was made from, for the manifest.
-- grain: one row
-- reads: nothing
CREATE TABLE build_facts AS
SELECT CAST($as_at AS DATE) AS as_at, $policy_sha256 AS policy_sha256, $partnership_sha256 AS partnership_sha256
