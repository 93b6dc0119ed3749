-- grain: one row
-- reads: build_facts
SELECT strftime(as_at, '%Y-%m-%d') AS as_at, policy_sha256, partnership_sha256 FROM build_facts
