"""The layer of figures: each place by what was counted there, with its direction beside it."""

from __future__ import annotations

from dashboard import panels, reads, shading, wording
from dashboard.choices import Choice, default_span
from dashboard.controls import Selection
from dashboard.layers import directions
from dashboard.layers.parts import Layer, Shown, how_sure, title_of
from dashboard.palette import Shade
from dashboard.wording import map as words


def shown(selection: Selection) -> Shown:
    """Everything the page draws for figures."""
    measure, choices = selection.measure, selection.choices
    per_1000 = selection.choice.per_1000
    counts = [reads.map_counts(selection.snapshot, one, one.periods(selection.offer)) for one in choices]
    scale = shading.shared_scale(counts, per_1000=per_1000, base=measure.least)
    layers = []
    for choice, rows in zip(choices, counts, strict=True):
        places, _ = shading.place_figures(
            rows, per_1000=per_1000, base=measure.least, band_words=reads.band_words, scale=scale
        )
        places = shading.with_directions(places, _words_now(selection, choice))
        table = [(place.name, place.words, _shade_words(place.shade)) for place in places]
        layers.append(Layer(choice, title_of(selection, choice), places, table))
    every = [place for layer in layers for place in layer.places]
    legend = panels.legend(
        scale, exact=measure.exact, per_1000=per_1000, withheld=any(place.withheld for place in every),
        missing=any(not place.shade and not place.withheld for place in every),
    )  # fmt: skip
    notes = [words.SAME_SHADES] if len(layers) > 1 else []
    return Shown(
        measure.label, selection.span if len(layers) == 1 else "", selection.incomplete, layers, legend,
        [*how_sure(selection), *notes], wording.TABLE_TITLE, ("Figure", "Shade"),
    )  # fmt: skip


def _words_now(selection: Selection, choice: Choice) -> dict[str, str]:
    """Each place's direction, where the figures shown are the very ones it is about; nothing elsewhere."""
    known = selection.measure.harm_groups
    latest = (choice.first, choice.last) == default_span(selection.offer.periods)
    if selection.measure.public or not latest or len(choice.groups) not in (1, len(known)):
        return {}
    rows = directions.asked(selection, [directions.group_of(selection, choice.groups)])
    return dict(zip(rows["area_id"], rows["direction"], strict=True))


def _shade_words(shade: Shade | None) -> str:
    return f"{shade.mark} {shade.word}" if shade else "none"
