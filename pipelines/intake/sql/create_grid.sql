-- grain: one row per edition; one row per edition and cell
-- reads: nothing
CREATE TABLE editions (
    edition_no INTEGER PRIMARY KEY, first_period VARCHAR, last_period VARCHAR,
    origin_easting_m DOUBLE, origin_northing_m DOUBLE, cell_m DOUBLE
);
-- cell_no is edition_no * 10^14 + row * 10^7 + column: one number joins faster than three. A point off
-- the grid gives a number that is no cell's, because no town is ten million cells wide.
CREATE TABLE grid (cell_no BIGINT, area_no INTEGER)
