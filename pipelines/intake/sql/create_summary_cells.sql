-- Counts released beside the lattice, coarser than any of its cells: each once, when its period is closed.
-- grain: one row per summary, area, category and period
-- reads: nothing
CREATE TABLE summary_cells (
    summary VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_level VARCHAR NOT NULL, area_id VARCHAR NOT NULL,
    category VARCHAR NOT NULL, grain VARCHAR NOT NULL, period VARCHAR NOT NULL, period_start DATE NOT NULL,
    period_end DATE NOT NULL, x BIGINT NOT NULL
)
