-- grain: one row per cell
-- reads: batch
INSERT INTO grid SELECT cell_no, area_no FROM batch
