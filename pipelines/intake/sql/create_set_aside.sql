-- Rows of registers that do not stand, though none of their own kind came later; contested where two say different things.
-- grain: one row per feed and row
-- reads: nothing
CREATE TABLE set_aside (feed VARCHAR NOT NULL, row_no BIGINT NOT NULL, contested BOOLEAN NOT NULL, PRIMARY KEY (feed, row_no))
