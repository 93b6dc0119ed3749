-- grain: one row per delivery
-- reads: nothing
INSERT INTO deliveries VALUES (
    $delivery_no, $feed, $name, $sha, $covers_from, $covers_to, $delivered_on, $superseded_by,
    $rows_read, $broken_rows
)
