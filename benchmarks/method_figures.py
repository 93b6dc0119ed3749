"""The pictures and the table of docs/method.md, made from the real code on made-up counts: the same bytes every time.

    python -m benchmarks.method_figures            pictures into docs/method/, the newest measured table into the pages
    python -m benchmarks.method_figures --table    the table alone

Pictures are SVG, each with a title and a description for those who cannot see it. The table comes from the newest
docs/figures/<day>-directions.json (`python -m benchmarks.directions`).
"""

import argparse
import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.directions import ours, peer, table
from benchmarks.figures import FOLDER
from benchmarks.panels import CHANGES, ROUNDING_VARIANCE, Cities, cities
from dashboard import palette
from pipelines.insight.signals import assess

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "method"
PAGES = (ROOT / "docs" / "method.md", ROOT / "README.md")
OPENS, CLOSES = "<!-- directions table -->", "<!-- /directions table -->"

SEED = 20261121
WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 44, 56
FONT = "Source Sans, Source Sans Pro, Arial, sans-serif"
UP, OURS, OTHER = palette.DIRECTIONS["rising"].colour, palette.ACCENT, "#8b9096"

STORY_CITY, STORY_USUAL, STORY_MONTHS = 1, 8.0, 18
POWER_CITIES, NAIVE_CITIES = 400, 200
EDGES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 1000.0)
SIZES = ("under 1", "1 to 2", "2 to 4", "4 to 8", "8 to 16", "16 and more")
RULES = {
    "month_on_month": "This month and last month differ by a fifth",
    "same_quarter": "Three months, a fifth off a year before",
    "poisson": "A simple test that takes chance to be even",
    "nhs_four_rules": "The four rules of a control chart",
    "farrington_flexible": "The rule most used for outbreaks of disease",
}


def picture(title: str, description: str, shapes: Iterable[str], *, height: int = HEIGHT) -> str:
    """One SVG with words for those who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="t d" font-family="{FONT}" font-size="16" fill="{palette.INK}">\n'
        f'<title id="t">{escape(title)}</title>\n<desc id="d">{escape(description)}</desc>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="{palette.PAPER}"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def words(x: float, y: float, said: str, *, anchor: str = "start", colour: str = palette.INK, bold: bool = False) -> str:
    """A line of text; y is its baseline."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(said)}</text>'


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def line(points: Sequence[tuple[float, float]], colour: str, width: float = 2.5) -> str:
    """A line through points."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{through}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def area(points: Sequence[tuple[float, float]], colour: str) -> str:
    """A filled shape."""
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="{colour}"/>'


def triangle(x: float, y: float, *, strong: bool) -> str:
    """The mark of a rise: filled where it is strong, hollow where it is only possible."""
    fill = UP if strong else palette.PAPER
    return f'<path d="M{x:.1f} {y - 9:.1f}l9 16h-18z" fill="{fill}" stroke="{UP}" stroke-width="2.5"/>'


def story(given: Cities) -> tuple[pd.DataFrame, float]:
    """One place, told month by month as a screen would have told it.

    The place is the one of its city whose count doubled and whose usual month is nearest to STORY_USUAL: chosen by
    rule, not for its looks.

    returns  one row per month, oldest first: month (1 = the first of the change), direction, recent_count,
             expected_low, expected_high; and the place's usual count a month
    """
    counts, changed = given.counts[0], np.flatnonzero(given.changed[0])
    usual = counts[changed, : -CHANGES["double_6"][1]].mean(axis=1)  # type: ignore[index]
    place, months = changed[np.abs(usual - STORY_USUAL).argmin()], counts.shape[1]
    rows = []
    for end in range(months - STORY_MONTHS + 1, months + 1):
        told = assess(counts[:, :end], rounding_variance=ROUNDING_VARIANCE).iloc[place]
        month = end - (months - CHANGES["double_6"][1])  # type: ignore[index]
        rows.append({"month": month, **told[["direction", "recent_count", "expected_low", "expected_high"]]})
    return pd.DataFrame(rows), float(counts[place, :-6].mean())


def one_place() -> str:
    """A place whose harm doubled: what was counted, what its past leads to expect, and from when it was flagged."""
    told, usual = story(_story_city())
    most = 10 * np.ceil(max(told["recent_count"].max(), told["expected_high"].max()) / 10 + 0.5)
    across = np.linspace(LEFT + 14, WIDTH - RIGHT - 14, len(told))
    bottom = HEIGHT - BOTTOM

    def at(count: float) -> float:
        return float(bottom - (bottom - TOP) * count / most)

    began = float(across[told["month"].eq(1).argmax()]) - (across[1] - across[0]) / 2
    shapes = [box(began, TOP, WIDTH - RIGHT - began, bottom - TOP, "#f6efe4")]
    shapes += [words(began + 8, TOP + 18, "twice the usual harm", colour=UP)]
    for count in range(0, int(most) + 1, 10):
        shapes += [line([(LEFT, at(count)), (WIDTH - RIGHT, at(count))], "#e3e6e9", 1)]
        shapes += [words(LEFT - 8, at(count) + 5, str(count), anchor="end")]
    high, low = (
        [(x, at(count)) for x, count in zip(across, told[name], strict=True)] for name in ("expected_high", "expected_low")
    )
    seen = [(x, at(count)) for x, count in zip(across, told["recent_count"], strict=True)]
    shapes += [area([*high, *low[::-1]], palette.RANGE_FILL), line(seen, palette.LINE)]
    for (x, y), word in zip(seen, told["direction"], strict=True):
        flagged = word in ("rising", "possible_rise")
        shapes += [triangle(x, y, strong=word == "rising") if flagged else _dot(x, y)]
    shapes += [words(LEFT + 14, 24, "Reports in the last three months, as they stood at the end of each month", bold=True)]
    shapes += [words(across[1], low[1][1] + 24, "shaded: the range its own past leads to expect", colour=palette.QUIET_INK)]
    for x, month in zip(across, told["month"], strict=True):
        said = {-11: "a year before", -5: "6 months before", 1: "month 1", 6: "month 6"}.get(month)
        ends = {-11: "start", 6: "end"}.get(month, "middle")
        shapes += [words(x, bottom + 24, said, anchor=ends)] if said else []
    shapes += [triangle(LEFT + 20, HEIGHT - 16, strong=False), words(LEFT + 36, HEIGHT - 10, "possible rise")]
    shapes += [triangle(LEFT + 170, HEIGHT - 16, strong=True), words(LEFT + 186, HEIGHT - 10, "rising")]
    return picture("One place, month by month", _story_words(told, usual), shapes)


def _story_city() -> Cities:
    every = cities(SEED, "double_6", STORY_CITY + 1, released="rounded")
    return Cities(every.counts[STORY_CITY:], every.changed[STORY_CITY:], ROUNDING_VARIANCE)


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{palette.LINE}"/>'


def _story_words(told: pd.DataFrame, usual: float) -> str:
    new = told[told["month"] > 0]
    possible, strong = (new.loc[new["direction"].eq(word), "month"].min() for word in ("possible_rise", "rising"))
    return (
        f"A made-up place with about {usual:.0f} reports a month. In its last six months harm is twice the usual. Each "
        f"point is the sum of three months. It is first called a possible rise at the end of month {possible:.0f} of the "
        f"change, and rising at the end of month {strong:.0f}."
    )


def power() -> dict[str, list[float]]:
    """Share of doublings seen, by what the place usually counts a month: {change: one share for each of SIZES}."""
    shares = {}
    for change in ("double_3", "double_6"):
        given = cities(SEED, change, POWER_CITIES, released="rounded")
        seen = ours(given).up[given.changed]
        usual = given.counts[..., : -CHANGES[change][1]].mean(axis=2)[given.changed]  # type: ignore[index]
        size = np.digitize(usual, EDGES[1:-1])
        shares[change] = [float(seen[size == number].mean()) for number in range(len(SIZES))]
    return shares


def doublings_seen() -> str:
    """How many doublings are seen, by the size of the place and how long they have lasted."""
    found, bottom = power(), HEIGHT - BOTTOM - 24
    step = (WIDTH - LEFT - RIGHT) / len(SIZES)
    shapes = [words(LEFT, 24, "Of 100 places where harm doubled, how many are flagged", bold=True)]
    for share in range(0, 101, 25):
        y = bottom - (bottom - TOP) * share / 100
        shapes += [line([(LEFT, y), (WIDTH - RIGHT, y)], "#e3e6e9", 1), words(LEFT - 8, y + 5, str(share), anchor="end")]
    for number, size in enumerate(SIZES):
        for offset, (change, colour) in enumerate((("double_3", "#a594ca"), ("double_6", "#430a75"))):
            share, x = round(100 * found[change][number]), LEFT + step * number + step * (0.12 + 0.39 * offset)
            tall = (bottom - TOP) * share / 100
            shapes += [box(x, bottom - tall, step * 0.37, tall, colour)]
            shapes += [words(x + step * 0.185, bottom - tall - 6, str(share), anchor="middle")]
        shapes += [words(LEFT + step * (number + 0.5), bottom + 22, size, anchor="middle")]
    shapes += [words((LEFT + WIDTH) / 2, bottom + 44, "reports in a usual month", anchor="middle")]
    shapes += [box(LEFT, HEIGHT - 24, 16, 16, "#a594ca"), words(LEFT + 24, HEIGHT - 10, "doubled for 3 months")]
    shapes += [box(LEFT + 220, HEIGHT - 24, 16, 16, "#430a75"), words(LEFT + 244, HEIGHT - 10, "doubled for 6 months")]
    said = "; ".join(
        f"{size}: {100 * three:.0f} and {100 * six:.0f}"
        for size, three, six in zip(SIZES, found["double_3"], found["double_6"], strict=True)
    )
    told = "Of 100 places where harm doubled, how many are flagged after 3 months and after 6, by reports in a usual month. "
    return picture("How many doublings are seen", f"{told}{said}.", shapes)


def wrongly_flagged() -> dict[str, float]:
    """Share of unchanged places that each rule flags, either way; ours by any flag and by the strong words alone."""
    given = cities(SEED, "unchanged", NAIVE_CITIES)
    shares = {}
    for name, said in RULES.items():
        found = peer(given, name=name)
        shares[said] = float((found.up | found.down).mean())
    mine = ours(given)
    shares["Ours: any flag"] = float((mine.up | mine.down).mean())
    shares["Ours: rising or falling alone"] = float((mine.strong_up | mine.strong_down).mean())
    return shares


def false_alarms() -> str:
    """What common rules say of places where nothing changed, beside ours."""
    found, start, step = wrongly_flagged(), 350, 40
    height = 60 + step * len(found)
    shapes = [words(12, 24, "Of 100 places where nothing changed, how many are flagged", bold=True)]
    said = []
    for number, (rule, share) in enumerate(found.items()):
        y, mine = 48 + step * number, rule.startswith("Ours")
        told = f"{100 * share:.0f}" if share >= 0.01 else "fewer than 1"
        wide = (WIDTH - start - 60) * share
        shapes += [words(start - 12, y + 19, rule, anchor="end", bold=mine)]
        shapes += [box(start, y, max(wide, 2), 26, OURS if mine else OTHER)]
        shapes += [words(start + wide + 8, y + 19, told, bold=mine)]
        said.append(f"{rule}: {told}")
    description = f"Of 100 places where nothing changed, how many each rule flags. {'; '.join(said)}."
    return picture("False alarms of common rules and of ours", description, shapes, height=height)


def put_table(page: Path, figures: dict[str, Any]) -> bool:
    """Write the table of a run of `benchmarks.directions` between the markers of a page; whether it has them."""
    text = page.read_text(encoding="utf-8")
    between = re.compile(f"(?<={re.escape(OPENS)}\n).*?(?={re.escape(CLOSES)})", re.DOTALL)
    if not between.search(text):
        return False
    page.write_text(between.sub(lambda _: f"\n{table(figures)}\n\n", text), encoding="utf-8")
    return True


def newest_figures(folder: Path = FOLDER) -> dict[str, Any] | None:
    """The newest full run of `benchmarks.directions` that was kept; null when there is none."""
    kept = sorted(folder.glob("????-??-??-directions.json"))
    return json.loads(kept[-1].read_text(encoding="utf-8")) if kept else None


def main() -> None:
    """Make the pictures, and put the newest table where it belongs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", action="store_true", help="the table alone")
    if not parser.parse_args().table:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for name, made in (("one_place", one_place), ("doublings_seen", doublings_seen), ("false_alarms", false_alarms)):
            (PICTURES / f"{name}.svg").write_text(made(), encoding="utf-8")
            print(f"docs/method/{name}.svg")
    figures = newest_figures()
    if figures is None:
        raise SystemExit("no table: run `python -m benchmarks.directions` first, which keeps its figures in docs/figures/")
    for page in PAGES:
        print(f"{page.name}: {'table written' if put_table(page, figures) else f'no {OPENS} in it'}")


if __name__ == "__main__":
    main()
