-- The deliveries of this build, in the order they supersede one another.
-- grain: one row per delivery
-- reads: nothing
CREATE TABLE deliveries (
    delivery_no INTEGER PRIMARY KEY,
    feed VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    covers_from DATE,
    covers_to DATE,
    delivered_on DATE NOT NULL,
    superseded_by VARCHAR,
    rows_read BIGINT NOT NULL DEFAULT 0,
    broken_rows BIGINT NOT NULL DEFAULT 0
)
