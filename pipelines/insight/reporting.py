"""More harm, or more reporting? What is known of how records came about, weighed into one of four verdicts."""

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

# Steps of the share of records that came from looking, and from the police, from least to most.
PROACTIVE = ("hardly_any_proactive", "some_proactive", "about_half_proactive", "mostly_proactive", "nearly_all_proactive")
POLICE = ("hardly_any_police", "some_police", "about_half_police", "mostly_police", "nearly_all_police")
VERDICTS = ("could_be_reporting", "mostly_proactive", "no_sign_of_a_recording_change", "not_known")
LOOK_BACK_QUARTERS = 4
STEPS_THAT_MATTER = 2
LOCATED_SHIFT = 0.10


@dataclass(frozen=True)
class Reading:
    """What can be said of a place's records, each part null where it is not known.

    verdict     one of VERDICTS
    proactive   how the newest closed quarter's records came to light, in a word; proactive_before, the usual word of the
                year before
    police      the same of police sources
    burst       whether one day made much of the newest closed quarter
    events      changes in recording within the year: (kind, day it starts, whether it is of the whole city)
    located     share of records with a place in the last three periods, and before; of this harm group in the whole city
    """

    verdict: str
    proactive: str | None = None
    proactive_before: str | None = None
    police: str | None = None
    police_before: str | None = None
    burst: bool | None = None
    events: list[tuple[str, date, bool]] = field(default_factory=list)
    located: tuple[float, float] | None = None


def read_reporting(
    patterns: pd.DataFrame, events: pd.DataFrame, completeness: pd.DataFrame, *, newest: date | None = None
) -> Reading:
    """Weigh the words of one place.

    *could be reporting*: recording changed here within the year, the share from looking or from the police moved by two
    steps, or the share of records with a place by ten points. *Mostly proactive*: most of what is recorded came from
    looking. Else *no sign of a recording change*, where there were words enough to see one; *not known* otherwise.

    patterns      of the place and harm group: pattern, period_start, word; one row per pattern and quarter
    events        changes in recording that touch it: kind, starts_on, everywhere
    newest        first day of the newest quarter any words were told of; null = the newest of these. A place with no word of
                  it is not known: what was said of an earlier quarter says nothing of now
    completeness  of the harm group in the whole city: period, state, located_share
    """
    told = patterns.assign(starts=pd.to_datetime(patterns["period_start"]))
    now = pd.Timestamp(newest) if newest else told["starts"].max()
    proactive, proactive_before = _now_and_before(told, "how_it_came_to_light", PROACTIVE, now)
    police, police_before = _now_and_before(told, "who_told", POLICE, now)
    bursts = told.loc[(told["pattern"] == "bursts") & (told["starts"] == now), "word"]
    located = _located(completeness)
    own = events[~events["everywhere"].astype(bool)] if len(events) else events
    moved = _steps(PROACTIVE, proactive_before, proactive) >= STEPS_THAT_MATTER or (
        _steps(POLICE, police_before, police) >= STEPS_THAT_MATTER
    )
    shifted = located is not None and abs(located[0] - located[1]) >= LOCATED_SHIFT - 1e-9
    if len(own) or moved or shifted:
        verdict = VERDICTS[0]
    elif proactive in PROACTIVE[3:]:
        verdict = VERDICTS[1]
    else:
        verdict = VERDICTS[2] if proactive is not None else VERDICTS[3]
    changes = [(str(one["kind"]), one["starts_on"], bool(one["everywhere"])) for one in events.to_dict("records")]
    burst = bool(bursts.iloc[-1] == "one_day_burst") if len(bursts) else None
    return Reading(verdict, proactive, proactive_before, police, police_before, burst, changes, located)


def _now_and_before(
    patterns: pd.DataFrame, name: str, steps: tuple[str, ...], now: pd.Timestamp
) -> tuple[str | None, str | None]:
    """The word of the newest quarter, and the middle one of the year before it."""
    mine = patterns[patterns["pattern"] == name].sort_values("starts")
    words = list(mine.loc[mine["starts"] == now, "word"])
    year = (mine["starts"] < now) & (mine["starts"] >= now - pd.DateOffset(months=3 * LOOK_BACK_QUARTERS))
    before = sorted(steps.index(word) for word in mine.loc[year, "word"] if word in steps)
    return (words[0] if words else None), (steps[before[len(before) // 2]] if before else None)


def _steps(steps: tuple[str, ...], before: str | None, now: str | None) -> int:
    return abs(steps.index(now) - steps.index(before)) if now in steps and before in steps else 0


def _located(completeness: pd.DataFrame) -> tuple[float, float] | None:
    whole = completeness.loc[completeness["state"] == "collected", "located_share"].dropna()
    return (float(whole.iloc[-3:].mean()), float(whole.iloc[:-3].median())) if len(whole) > 6 else None
