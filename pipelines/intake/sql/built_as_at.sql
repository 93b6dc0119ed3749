-- grain: one row
-- reads: build_facts
SELECT as_at FROM build_facts
