"""Charts of documents, drawn by the size they are printed in: a line, its ranges, and why it stops where it does."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from dashboard import palette
from dashboard.report import fonts
from dashboard.report.model import Chart, Line
from dashboard.wording import reports as words

MM = 1 / 25.4
GRID, AXIS, BAND, EXPECTED = "#e3e6e9", "#8b9096", "#d9d2ea", "#dbe7f3"
TEXT_PT = 7.5
NARROW_MM, LEAST_GAP_MM = 100, 2.5
# Lines of one chart differ by dash and by the name at their end, so that they are told apart in grey.
LINES: tuple[tuple[str, Any], ...] = (
    (palette.LINE, "-"), (palette.ACCENT, "--"), ("#8c510a", "-."), ("#01665e", ":"), (palette.INK, (0, (6, 1, 1, 1))),
)  # fmt: skip
STYLE: Any = {
    "font.family": [fonts.FAMILY, fonts.SECOND], "font.size": TEXT_PT, "svg.hashsalt": "safer-places",
    "svg.fonttype": "path",
    "text.color": palette.INK, "axes.edgecolor": AXIS, "axes.labelcolor": palette.QUIET_INK, "axes.linewidth": 0.6,
    "xtick.color": AXIS, "ytick.color": AXIS, "xtick.labelcolor": palette.INK, "ytick.labelcolor": palette.INK,
    "text.parse_math": False, "axes.unicode_minus": False, "hatch.linewidth": 0.7,
}  # fmt: skip
MOST_KEPT = 64  # charts: those of a large document
_DRAWN: dict[tuple[str, float, float], bytes] = {}
MONTH = re.compile(r"\b(January|February|March|April|June|July|August|September|October|November|December)\b")


@cache
def _fonts_known() -> None:
    for file in fonts.files():
        font_manager.fontManager.addfont(str(file))


def draw(figure: Figure) -> bytes:
    """A figure as SVG: the same bytes for the same figure."""
    out = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


class Styled:
    """The style of every drawing, on while it is drawn."""

    def __enter__(self) -> None:
        _fonts_known()
        self._style = matplotlib.rc_context(STYLE)
        self._style.__enter__()

    def __exit__(self, *about: Any) -> None:
        self._style.__exit__(*about)


def chart_svg(chart: Chart, *, width_mm: float = 172, height_mm: float = 62) -> bytes:
    """Draw a chart as SVG.

    A value that is not there is a gap with its reason in words; one still arriving is hollow. Each line is named at its
    end where there are several; ranges are named above. What was drawn last is kept: the formats of one document draw
    the same charts.
    """
    told = (repr(chart), width_mm, height_mm)
    drawn = _DRAWN.get(told)
    if drawn is None:
        while len(_DRAWN) >= MOST_KEPT:
            _DRAWN.pop(next(iter(_DRAWN)), None)
        drawn = _DRAWN[told] = _chart(chart, width_mm, height_mm)
    return drawn


def forget() -> None:
    """Forget the charts that were kept: for whoever times or compares the drawing itself."""
    _DRAWN.clear()


def _chart(chart: Chart, width_mm: float, height_mm: float) -> bytes:
    with Styled():
        figure = Figure(figsize=(width_mm * MM, height_mm * MM))
        many = len(chart.lines) > 1
        axes = figure.add_axes(_box(chart, width_mm, height_mm, many=many))
        places = range(len(chart.labels))
        _ranges(axes, chart, places)
        for number, line in enumerate(chart.lines):
            _line(axes, chart, line, number)
        _gaps(axes, chart)
        _axes(axes, chart)
        if many:
            _names(axes, chart)
        _key(axes, chart)
        return draw(figure)


def _box(chart: Chart, width_mm: float, height_mm: float, *, many: bool) -> tuple[float, float, float, float]:
    """Where the axes stand: room for figures to the left, names to the right, and the key above."""
    named = max((_wide(one.name) for one in chart.lines), default=0) if many else 0
    above = 10.0 if width_mm < NARROW_MM else 6.5
    left, bottom = 9 / width_mm, 6 / height_mm
    return left, bottom, 1 - left - (2 + named) / width_mm, 1 - bottom - above / height_mm


def _runs(there: Sequence[bool]) -> Iterator[list[int]]:
    """Stretches of places where something is there."""
    run: list[int] = []
    for place, one in enumerate([*there, False]):
        if one:
            run.append(place)
        elif run:
            yield run
            run = []


def _ranges(axes: Axes, chart: Chart, places: range) -> None:
    """The likely range behind the line, and a dashed box round what was expected."""
    for low, high, expected in ((chart.likely_low, chart.likely_high, False), (chart.low, chart.high, True)):
        known = [bool(low) and low[one] is not None and high[one] is not None for one in places]
        for run in _runs(known):
            # A stretch of one or two would be a sliver: each value has half a step on either side.
            wide = [run[0] - 0.5, *run, run[-1] + 0.5] if expected else run
            at = [run[0], *run, run[-1]] if expected else run
            lows, highs = [float(low[one] or 0) for one in at], [float(high[one] or 0) for one in at]
            colour = EXPECTED if expected else BAND
            axes.fill_between(wide, lows, highs, facecolor=colour, linewidth=0, zorder=1.2 if expected else 1.5)
            if expected:
                axes.plot([*wide, *wide[::-1], wide[0]], [*lows, *highs[::-1], lows[0]], color=palette.ACCENT, linewidth=1,
                          linestyle=(0, (3, 2)), zorder=2.6)  # fmt: skip


def _line(axes: Axes, chart: Chart, line: Line, number: int) -> None:
    colour, dash = LINES[number % len(LINES)]
    arriving = [bool(chart.states) and bool(chart.states[place]) for place in range(len(line.values))]
    known = [value is not None for value in line.values]
    for run in _runs([one and not late for one, late in zip(known, arriving, strict=True)]):
        axes.plot(run, [float(line.values[one] or 0) for one in run], color=colour, linestyle=dash, linewidth=1.5,
                  marker="o" if len(chart.labels) <= 40 else None, markersize=2.4, zorder=3)  # fmt: skip
    late = [place for place, one in enumerate(known) if one and arriving[place]]
    axes.plot(late, [float(line.values[one] or 0) for one in late], linestyle="none", marker="o", markersize=4,
              markerfacecolor=palette.PAPER, markeredgecolor=colour, zorder=3)  # fmt: skip


def _gaps(axes: Axes, chart: Chart) -> None:
    """Where no line has a value: grey, with the reason."""
    missing = [all(line.values[place] is None for line in chart.lines) for place in range(len(chart.labels))]
    for run in _runs(missing):
        axes.axvspan(run[0] - 0.5, run[-1] + 0.5, facecolor="#eceef0", linewidth=0, zorder=1)
        why = chart.states[run[0]] if chart.states else ""
        axes.text((run[0] + run[-1]) / 2, 0.5, why or words.CHART_GAP, transform=axes.get_xaxis_transform(), rotation=90,
                  ha="center", va="center", fontsize=TEXT_PT - 1, color=palette.QUIET_INK)  # fmt: skip


def _axes(axes: Axes, chart: Chart) -> None:
    top = max([5.0, *(float(one) for values in (*(line.values for line in chart.lines), chart.high, chart.likely_high)
                      for one in values if one is not None)])  # fmt: skip
    axes.set_ylim(0, top * 1.06)
    axes.set_xlim(-0.7, len(chart.labels) - 0.3)
    axes.locator_params(axis="y", nbins=4, integer=True)
    axes.grid(axis="y", color=GRID, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", length=2.5, width=0.6)
    said = [_short(one) for one in chart.labels]
    across, beyond = axes.get_position().width * _size(axes)[0], (1 - axes.get_position().x1) * _size(axes)[0]
    ticks, ends_there = _ticks(said, across, beyond)
    axes.set_xticks(ticks, [said[one] for one in ticks])
    if ticks and ends_there:
        axes.get_xticklabels()[-1].set_horizontalalignment("right")
    above = TEXT_PT * 1.5 if _narrow(axes) else 0
    axes.annotate(fonts.printable(chart.unit), (0, 1), xytext=(0, 3 + above), xycoords="axes fraction",
                  textcoords="offset points", ha="left", va="bottom", color=palette.QUIET_INK)  # fmt: skip


def _size(axes: Axes) -> tuple[float, float]:
    """How wide and high the drawing is in print, in millimetres."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure.get_figwidth() / MM, figure.get_figheight() / MM


def _ticks(said: Sequence[str], across_mm: float, beyond_mm: float) -> tuple[list[int], bool]:
    """Which labels are said: the last, and as many before it as there is room for, evenly apart; and whether the last
    one ends at its place, where there is no room for half of it beyond.

    across_mm, beyond_mm  how wide the axes are in print, and how much room there is to their right
    """
    wide, apart = _wide(max(said, key=len, default="")), across_mm / max(len(said), 1)
    ends_there = len(said) > 1 and wide / 2 > beyond_mm + 0.7 * apart  # the axes go on so far after the last place
    step = max(1, math.ceil((wide * (1.5 if ends_there else 1) + LEAST_GAP_MM) / apart))
    step = next((one for one in (1, 2, 3, 4, 6, 12) if one >= step), step)
    return list(range(len(said) - 1, -1, -step))[::-1], ends_there


def _narrow(axes: Axes) -> bool:
    """Whether the unit and the key need a line each."""
    return _size(axes)[0] < NARROW_MM


def _wide(text: str) -> float:
    """About how wide a text is in print, in millimetres."""
    return len(text) * TEXT_PT * 0.5 / 72 / MM


def _short(label: str) -> str:
    """A period as an axis says it: Sep 2026."""
    return MONTH.sub(lambda found: found[0][:3], fonts.printable(label)).replace(" to ", "-")


def _names(axes: Axes, chart: Chart) -> None:
    """Each line's name at its end, moved apart where they would cover each other."""
    low, high = axes.get_ylim()
    least = (high - low) * TEXT_PT * 1.15 / 72 / (_size(axes)[1] * MM * 0.8)
    ends: list[list[float]] = []
    for number, line in enumerate(chart.lines):
        last = next((value for value in reversed(line.values) if value is not None), None)
        if last is not None:
            ends.append([float(last), number])
    ends.sort()
    for below, above in pairwise(ends):
        above[0] = max(above[0], below[0] + least)
    for height, line_number in ends:
        name, (colour, _) = chart.lines[int(line_number)].name, LINES[int(line_number) % len(LINES)]
        axes.annotate(fonts.printable(name), (len(chart.labels) - 0.5, height), xytext=(3, 0), textcoords="offset points",
                      va="center", color=colour, annotation_clip=False)  # fmt: skip


def _key(axes: Axes, chart: Chart) -> None:
    """What is drawn beside the line, in words above the chart."""
    handles: list[Any] = []
    if any(one is not None for one in chart.likely_high):
        handles.append(Patch(facecolor=BAND, label=words.CHART_LIKELY))
    if any(one is not None for one in chart.high):
        handles.append(Patch(facecolor=EXPECTED, edgecolor=palette.ACCENT, linestyle="--", label=words.CHART_EXPECTED))
    late = {chart.states[place] for line in chart.lines for place, one in enumerate(line.values)
            if one is not None and chart.states and chart.states[place]}  # fmt: skip
    for state in sorted(late):
        handles += axes.plot([], [], linestyle="none", marker="o", markersize=4, markerfacecolor=palette.PAPER,
                             markeredgecolor=palette.LINE, label=state)  # fmt: skip
    if handles:
        axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(handles), frameon=False,
                    borderpad=0, borderaxespad=0.2, handlelength=1.4, columnspacing=1.2, fontsize=TEXT_PT)  # fmt: skip
