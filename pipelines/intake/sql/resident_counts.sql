-- Residents aged 10 to 17 as delivered, or estimated as those 10-14 and three fifths of those 15-19 (marked).
-- Localities and the city are sums of their beats where they were not delivered themselves.
-- grain: one row per area_level, area_id and year
-- reads: known_residents, area_members
CREATE TABLE resident_counts AS
WITH given AS (
    SELECT
        CAST(place_level AS VARCHAR) AS area_level, area_id, year, residents,
        coalesce(residents_10_17, CAST(round(residents_10_14 + 0.6 * residents_15_19) AS BIGINT)) AS residents_10_17,
        residents_10_17 IS NULL AND residents_10_14 IS NOT NULL AND residents_15_19 IS NOT NULL AS estimated
    FROM known_residents
),
beat_of AS (
    SELECT DISTINCT beats.area_id AS beat_id, larger.area_level, larger.area_id
    FROM area_members AS beats
    INNER JOIN area_members AS larger ON larger.base_area_id = beats.base_area_id
    WHERE beats.area_level = 'beat' AND larger.area_level IN ('locality', 'city') AND NOT beats.estimated
),
summed AS (
    SELECT
        beat_of.area_level, beat_of.area_id, years.year, sum(given.residents) AS residents,
        CASE WHEN count(*) = count(given.residents_10_17) THEN sum(given.residents_10_17) END AS residents_10_17,
        bool_or(given.estimated) AS estimated
    FROM beat_of
    CROSS JOIN (SELECT DISTINCT year FROM given WHERE area_level = 'beat') AS years
    LEFT JOIN given ON given.area_level = 'beat' AND given.area_id = beat_of.beat_id AND given.year = years.year
    GROUP BY beat_of.area_level, beat_of.area_id, years.year
    HAVING count(*) = count(given.residents)
)
SELECT area_level, area_id, year, residents, residents_10_17, coalesce(estimated, false) AS estimated FROM given
WHERE area_level <> 'city' OR area_id = $city_id
UNION ALL
SELECT area_level, area_id, year, CAST(residents AS BIGINT), CAST(residents_10_17 AS BIGINT), estimated
FROM summed
ANTI JOIN given USING (area_level, area_id, year)
ORDER BY ALL
