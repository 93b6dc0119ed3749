-- What is told of the periods that are due and is not yet kept from a purge before.
-- grain: one row per summary, category and period that is due
-- reads: city_periods, due_days, purged_city_periods
SELECT city_periods.summary, city_periods.feed, city_periods.category, city_periods.period_start, city_periods.x
FROM city_periods
SEMI JOIN due_days ON due_days.feed = city_periods.feed AND due_days.day = city_periods.period_start
ANTI JOIN purged_city_periods USING (summary, feed, category, period_start)
ORDER BY ALL
