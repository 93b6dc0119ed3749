-- Demographics come as sums made by their supplier, 10 or more and to the nearest 5: they are passed on as they are.
-- grain: one row per dimension, category and year
-- reads: known_demographics_city_year
INSERT INTO summary_cells
SELECT
    'demographics', 'demographics_city_year', 'city', $city_id, CAST(dimension AS VARCHAR) || '/' || category, 'year',
    CAST(year AS VARCHAR), make_date(CAST(year AS INTEGER), 1, 1), make_date(CAST(year AS INTEGER), 12, 31), "count"
FROM known_demographics_city_year
WHERE list_contains($summaries, 'demographics')
