-- grain: one row per code of a vocabulary
-- reads: vocabularies
SELECT code, label, family FROM vocabularies WHERE vocabulary = $vocabulary ORDER BY position
