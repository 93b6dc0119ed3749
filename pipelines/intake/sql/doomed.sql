-- The rows a purge destroys: those of the days that are due; those a row of such a day corrects, which would otherwise
-- count again; and, in a file that is rewritten, those of no period, since nobody can say they are recent, and every row
-- of a re-send, since the rest of one is no longer known for a re-send.
-- grain: one row per row to be destroyed; row_of_file counts from 0
-- reads: records, measures, calendar, due_days, superseded, deliveries
CREATE TEMP TABLE doomed AS
WITH told AS (
    SELECT
        records.feed, records.delivery_no, records.row_no, records.record_ref, records.fault IS NULL AS sound,
        due_days.day IS NOT NULL AS due, calendar.period_no IS NOT NULL AS has_period,
        deliveries.superseded_by IS NOT NULL AS resent
    FROM records
    INNER JOIN measures ON measures.position = records.measure_no
    INNER JOIN deliveries USING (delivery_no)
    LEFT JOIN calendar ON calendar.measure_no = measures.position AND calendar.day = records.happened_on
    LEFT JOIN due_days ON due_days.feed = records.feed AND due_days.day = records.happened_on
    WHERE measures.is_first AND NOT measures.public
),
corrected AS (
    SELECT DISTINCT told.feed, told.record_ref FROM told INNER JOIN superseded USING (feed, row_no)
),
firsts AS (
    SELECT delivery_no, min(row_no) AS first_row FROM told GROUP BY delivery_no
),
last_word AS (
    SELECT told.feed, told.record_ref, max_by(told.due, told.row_no) AS due
    FROM told
    INNER JOIN corrected USING (feed, record_ref)
    WHERE told.sound AND NOT told.resent
    GROUP BY told.feed, told.record_ref
)
SELECT
    told.feed, told.delivery_no, told.row_no - firsts.first_row AS row_of_file, told.has_period,
    CASE
        WHEN told.due THEN 'due'
        WHEN told.sound AND last_word.due THEN 'corrected_by_due'
        ELSE 'not_needed'
    END AS why
FROM told
INNER JOIN firsts USING (delivery_no)
LEFT JOIN last_word ON last_word.feed = told.feed AND last_word.record_ref = told.record_ref
WHERE told.due OR (told.sound AND last_word.due) OR NOT told.has_period OR told.resent
