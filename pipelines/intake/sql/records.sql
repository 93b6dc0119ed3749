-- Every record feed in one shape: what, when, where, and what is wrong with it. measure_no is the position of `measures`:
-- a number that is the same for a whole feed costs nothing, two names compared for each of millions of rows do.
-- grain: one row per row read and measure (a missing episode is measured twice: from, and found at)
-- reads: incidents_records, missing_from_records, found_at_records, weapon_records, police_uk_records
CREATE VIEW records AS
SELECT * FROM incidents_records
UNION ALL SELECT * FROM missing_from_records
UNION ALL SELECT * FROM found_at_records
UNION ALL SELECT * FROM weapon_records
UNION ALL SELECT * FROM police_uk_records
