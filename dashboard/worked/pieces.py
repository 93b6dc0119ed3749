"""The parts of one intervention's page, in HTML: what moved, how sure it is, by kind of harm, and what else is known."""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd

from dashboard import registers
from dashboard.registers import Cell, listed, rich_table, said, tried_before
from dashboard.tried import Work
from dashboard.wording import impact as words
from dashboard.wording import worked as parts
from dashboard.worked import verdicts
from dashboard.worked.known import Known


def headline(told: Any, known: Known, months: int, through: str) -> str:
    """The verdict of one piece of work, with all that must be known to trust it."""
    found = told.headline
    groups = groups_of(told, known)
    meant = parts.judged_by(months, through, groups)
    both, still_fell = verdicts.meaning_of(found), found.net is not None and found.net.verdict == words.REDUCTION
    # A fall that the surroundings may have paid for is a warning, no second good news.
    warnings = ("" if still_fell else both, words.BY_SPIKE if found.chosen_by_spike else "")
    sentences = [verdicts.headline_of(found), both if still_fell else ""]
    sentences += [words.CANNOT_TELL_MEANS] if found.verdict == words.CANNOT_TELL else []
    return verdicts.block(told.verdict, [*sentences, meant], warnings)


def groups_of(told: Any, known: Known) -> str:
    """The kinds of harm a verdict counts."""
    return "; ".join(known.groups.get(one, one).lower() for one in told.harm_groups)


def not_judged(told: Any, known: Known) -> str:
    """In place of figures: why there are none."""
    return verdicts.block(told.verdict, [verdicts.why_not(told, known.called)])


def moved(told: Any) -> str:
    """Around it, and both together, in words and as a table."""
    found = told.headline
    if found.ring is None or found.net is None:
        return verdicts.part(parts.DID_IT_MOVE, verdicts.said(words.NO_RING))
    ratios = (found.ring.rate_ratio_low, found.ring.rate_ratio_high)
    around = words.around(found.ring.verdict, (found.ring.actual, found.ring.expected), ratios, found.ring.rate_ratio)
    rows = ((parts.HERE, found), (parts.AROUND, found.ring), (parts.BOTH, found.net))
    table = verdicts.effects_table(parts.AREA_CAPTION, parts.AREA_HEADS, rows)
    return verdicts.part(parts.DID_IT_MOVE, verdicts.said(around), table)


def guards(told: Any) -> str:
    """The sum with the months before the start and without, side by side, and which is the headline."""
    both = (told.without_guard, told.with_guard)
    rows = [(words.guard_name(one.guard), one) for one in both]
    shown = [parts.HEADLINE_HERE if one.guard == told.headline.guard else "" for one in both]
    agree = words.BOTH_AGREE if len({one.verdict for one in both}) == 1 else words.NOT_AGREED
    table = verdicts.effects_table(parts.GUARDS, parts.GUARD_HEADS, rows, shown)
    why = (parts.WHY_TWICE, f"{words.headline_is(told.headline.guard)} {agree}")
    return verdicts.part(parts.HOW_SURE, verdicts.said(*why), table, verdicts.said(words.RANGE_MEANS, words.VISIBLE_MEANS))


def by_group(detail: Any, known: Known) -> str:
    """The same judged for each kind of harm by itself."""
    labels = {**known.groups, "all": parts.ALL_GROUPS}
    rows = [(labels.get(code, code), one.headline) for code, one in detail.by_group.items() if one.headline is not None]
    table = verdicts.effects_table(parts.GROUP_CAPTION, parts.GROUP_HEADS, rows)
    return verdicts.part(parts.BY_GROUP, table, verdicts.said(parts.MANY_GROUPS))


def compared(detail: Any, work: Work) -> str:
    """With whom it is compared, and why."""
    told, found = detail.impact, detail.impact.headline
    who = parts.compared_with(len(found.controls), len(told.chosen_beats), len(detail.controls))
    reason = said(work.entry, "compared_because") if told.chosen_beats else None
    trend = detail.trend
    before = parts.trend(trend.ratio, trend.low, trend.high, trend.alike) if trend else ""
    return verdicts.said(who, parts.because(reason) if reason else "", before)


def second_look(detail: Any) -> str:
    """The weighted displacement difference, labelled for what it is."""
    one = detail.secondary
    if one is None or math.isnan(detail.impact.headline.expected):
        return verdicts.part(parts.SECOND_LOOK, verdicts.said(parts.NO_WDD))
    return verdicts.part(parts.SECOND_LOOK, verdicts.said(parts.WDD_IS, words.wdd(one.difference, one.low, one.high)))


def beside(told: Any, detail: Any, work: Work, known: Known, statuses: dict[str, str], events: dict[str, str]) -> str:
    """Why it was chosen, the assessment, what was tried before, what else was done, and whether recording changed.

    detail  null where it is not judged
    """
    chosen = said(work.entry, "chosen_because") or parts.NOT_SAID
    body = _asked(parts.CHOSEN_BECAUSE, chosen)
    body += _asked(parts.ASSESSMENT, *assessment(told, detail, statuses)) if detail else ""
    before, also = _others(work, known)
    body += _listed(parts.TRIED, before, parts.NOTHING_BEFORE) + _listed(parts.ALSO, also, parts.NOTHING_ELSE)
    if detail:
        kind = told.event_here
        body += _asked(parts.RECORDING, parts.recording_here(events.get(kind, kind)) if kind else parts.NO_EVENT)
    return verdicts.part(parts.BESIDE, f'<dl class="sp-worked-beside">{body}</dl>')


def assessment(told: Any, detail: Any, statuses: dict[str, str]) -> list[str]:
    """Where the assessment is, and whether what was recorded and the figures differ."""
    one = detail.assessment
    if one is None:
        return [parts.NO_ASSESSMENT]
    if one.led_elsewhere or one.status is None:
        return [words.NOT_JUDGED["led_elsewhere"]]
    status = statuses.get(one.status, one.status)
    differ = [words.differs(status, told.verdict)] if detail.worth_discussing else []
    return [parts.assessment(status, one.since), *differ, parts.JUDGEMENT]


def _asked(title: str, *sentences: str) -> str:
    return f"<dt>{title}</dt><dd>{verdicts.said(*sentences)}</dd>"


def _listed(title: str, cells: list[Cell], empty: str) -> str:
    return f"<dt>{title}</dt><dd>{listed(cells, empty).html}</dd>"


def _others(work: Work, known: Known) -> tuple[list[Cell], list[Cell]]:
    """What else was done in the same place: begun earlier, and begun then or later. What is led elsewhere has no dates."""
    place, began = work.entry["place_id"], work.entry["started_on"]
    before: list[Cell] = []
    also: list[Cell] = []
    for other in known.work.values():
        if place is None or other is work or other.entry["place_id"] != place:
            continue
        started = other.entry["started_on"]
        earlier = bool(started and began and started < began)
        (before if earlier else also).append(tried_before(other.entry, known.codes.types))
    return before, also


def months(rows: pd.DataFrame) -> str:
    """The picture over time as a table, newest first."""
    cells = [_month(one) for one in rows.iloc[::-1].to_dict("records")]
    return rich_table(parts.OVER_TIME, parts.MONTH_HEADS, cells)


def _month(one: dict[Any, Any]) -> tuple[str, ...]:
    blank = math.isnan(one["expected"])
    phase = parts.BLANK if blank else parts.PHASES.get(one["phase"], one["phase"])
    usual = "" if blank else f"{one['expected_low']:,.0f} to {one['expected_high']:,.0f}"
    fewer = range_ = ""
    if one["phase"] == "after" and not math.isnan(one["prevented"]):
        fewer = f"{one['prevented']:,.0f}".replace("-0", "0")
        range_ = "" if math.isnan(one["prevented_low"]) else words.fewer_or_more(one["prevented_low"], one["prevented_high"])
    seen, due = ("" if blank else verdicts.count(one[name]) for name in ("actual", "expected"))
    return str(one["label"]), phase, seen, due, usual, fewer, range_


def heading(work: Work, known: Known) -> str:
    """Which piece of work this is."""
    name = known.called[str(work.entry["entry_id"])]
    state = registers.state_sign(work.state).html
    return f'<h2 class="sp-worked-title">{escape(name)}</h2><p>{state}</p>'
