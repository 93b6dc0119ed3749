-- Rows by everything that is told of them one by one or together, so that the many are gone through once.
-- grain: one row per measure, delivery, source, period, located_by, fate, category (and so its group) and age band
-- reads: fates
CREATE TEMP TABLE counted_by AS
SELECT
    measure_no, delivery_no, source_no, period_no, located_by, fate, category_no, group_no, age_band, count(*) AS row_count
FROM fates
GROUP BY measure_no, delivery_no, source_no, period_no, located_by, fate, category_no, group_no, age_band
