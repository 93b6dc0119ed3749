-- What the codes of the registers mean, in the partnership's own words.
-- grain: one row per vocabulary and code
-- reads: given_rows
CREATE TABLE vocabularies AS
SELECT vocabulary, code, label, CAST(family AS VARCHAR) AS family, position
FROM given_rows
ORDER BY vocabulary, position
