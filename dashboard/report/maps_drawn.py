"""Maps of documents: a locality's places by direction, and where one of them lies. Legible in grey: by mark and stripes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from shapely.geometry import shape

from dashboard import palette
from dashboard.palette import Look
from dashboard.report.figures import MM, Styled, draw

# Brown and teal are one grey: what falls is striped, so that a copy without colour still tells them apart.
HATCHES = {"▼": "----", "▽": "---", "✱": "....", "·": "////", "…": "xxxx"}
CONTEXT = {
    "parks": {"facecolor": "#e2efd9", "edgecolor": "#a9c79a", "linewidth": 0.4},
    "river": {"facecolor": "#d3e7f3", "edgecolor": "#8fbbd6", "linewidth": 0.8},
    "roads": {"facecolor": "none", "edgecolor": "#c3c7cb", "linewidth": 0.5},
    "railway": {"facecolor": "none", "edgecolor": "#6b7177", "linewidth": 0.7, "linestyle": (0, (4, 2))},
}  # fmt: skip
EMPTY, EDGE = "#f7f8f9", "#8b9096"
MARGIN_SHARE = 0.03
LEAST_FOR_A_LABEL_MM = 9


@dataclass(frozen=True)
class Drawn:
    """One place on a map: how it looks, and what is written on it; no look draws its outline alone."""

    area_id: str
    look: Look | None
    label: str = ""


@dataclass(frozen=True)
class Ground:
    """The shapes of a map, read once: areas by id, larger ones first, and what lies there by layer. In degrees."""

    areas: Mapping[str, Any]
    context: Mapping[str, Sequence[Any]]

    @cached_property
    def small(self) -> Ground:
        """The same for the small maps of single places: made once for all of them."""
        west, south, east, north = _bounds(self)
        return self.coarser(max(east - west, north - south) / 400, ("river", "railway"))

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The outline of each area that has one, to draw."""
        return {area_id: _path(one) for area_id, one in self.areas.items() if _polygons(one)}

    def coarser(self, tolerance: float, layers: Sequence[str]) -> Ground:
        """The same for a small drawing: fewer corners and layers."""
        areas = {area_id: shapely.simplify(one, tolerance) for area_id, one in self.areas.items()}
        lines = {layer: [shapely.simplify(one, tolerance) for one in self.context[layer]] for layer in layers
                 if layer in self.context}  # fmt: skip
        return Ground(areas, lines)


def ground_of(shapes: Mapping[str, Any], context: Mapping[str, Any]) -> Ground:
    """The ground of a map, from GeoJSON: of areas with their area_id, and of each layer beside them."""
    read = {one["properties"]["area_id"]: shape(one["geometry"]) for one in shapes["features"]}
    areas = dict(sorted(read.items(), key=lambda one: -one[1].area))
    layers = {layer: [shape(one["geometry"]) for one in there["features"]] for layer, there in context.items()}
    return Ground(areas, layers)


def locality_map(ground: Ground, places: Sequence[Drawn], *, width_mm: float = 172) -> bytes:
    """Every place of a locality, drawn as high as it is wide there, and never over half a page, as SVG."""
    height_mm = min(max(width_mm * _height_for_width(ground), 60), 122)
    west, _, east, _ = _bounds(ground)
    return _svg(ground.coarser((east - west) / 2000, tuple(CONTEXT)), places, width_mm, height_mm)


def place_map(ground: Ground, place: Drawn, *, width_mm: float = 50, height_mm: float = 34) -> bytes:
    """Where one place lies among the others: small, as SVG."""
    return _svg(ground.small, [place], width_mm, height_mm)


def _svg(ground: Ground, places: Sequence[Drawn], width_mm: float, height_mm: float) -> bytes:
    there = [one for one in places if one.area_id in ground.areas]
    looks = {one.area_id: one.look for one in there}
    with Styled():
        figure = Figure(figsize=(width_mm * MM, height_mm * MM))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        _fit(axes, ground, width_mm / height_mm)
        _areas(axes, ground.paths, looks)
        _context(axes, ground.context)
        for one in there:
            if one.label:
                _label(axes, ground, one, height_mm)
        return draw(figure)


def _bounds(ground: Ground) -> tuple[float, float, float, float]:
    if not ground.areas:
        return 0.0, 0.0, 1.0, 1.0
    west, south, east, north = shapely.total_bounds(np.array(list(ground.areas.values())))
    return float(west), float(south), float(east), float(north)


def _height_for_width(ground: Ground) -> float:
    west, south, east, north = _bounds(ground)
    return (north - south) / max((east - west) * math.cos(math.radians((south + north) / 2)), 1e-9)


def _fit(axes: Axes, ground: Ground, shape_of_page: float) -> None:
    """Show all of them, north up, a degree of longitude as wide as it is there."""
    west, south, east, north = _bounds(ground)
    wide = math.cos(math.radians((south + north) / 2))
    across, up = (east - west) * wide * (1 + 2 * MARGIN_SHARE), (north - south) * (1 + 2 * MARGIN_SHARE)
    up = max(up, across / shape_of_page, 1e-6)
    across = up * shape_of_page
    middle, centre = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle - across / wide / 2, middle + across / wide / 2)
    axes.set_ylim(centre - up / 2, centre + up / 2)


def _path(ground: Any) -> Path:
    rings = [ring for part in _polygons(ground) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings))


def _polygons(ground: Any) -> list[Any]:
    return [one for one in shapely.get_parts(ground) if one.geom_type == "Polygon" and not one.is_empty]


def _areas(axes: Axes, paths: Mapping[str, Path], looks: Mapping[str, Look | None]) -> None:
    """Every area, larger ones first; those that are no place of this map in one piece where they follow each other."""
    for plain, run in groupby(paths, key=lambda area_id: area_id not in looks):
        if plain:
            together = [paths[area_id] for area_id in run]
            axes.add_collection(PathCollection(together, facecolors=EMPTY, linewidths=0, zorder=1), autolim=False)
            axes.add_collection(PathCollection(together, facecolors="none", edgecolors=EDGE, linewidths=0.5, zorder=2.5),
                                autolim=False)  # fmt: skip
            continue
        for area_id in run:
            _place(axes, paths[area_id], looks[area_id])


def _place(axes: Axes, path: Path, look: Look | None) -> None:
    axes.add_artist(PathPatch(path, facecolor=look.colour if look else EMPTY, edgecolor="none", linewidth=0, zorder=1))
    hatch = HATCHES.get(look.mark) if look else None
    if look and hatch:
        ink = palette.PAPER if look.ink == palette.PAPER else "#6b7177" if look.hatched else palette.INK
        axes.add_artist(PathPatch(path, facecolor="none", edgecolor=ink, hatch=hatch, linewidth=0, zorder=1.1))
    axes.add_artist(PathPatch(path, facecolor="none", edgecolor=palette.INK, linewidth=0.9, zorder=2.6))


def _context(axes: Axes, context: Mapping[str, Sequence[Any]]) -> None:
    """What lies there, drawn where no fill is hidden by it: parks are outlines, water is filled."""
    for layer, style in CONTEXT.items():
        lines: list[Any] = []
        for ground in context.get(layer, ()):
            if layer == "river" and _polygons(ground):
                axes.add_artist(PathPatch(_path(ground), **style, zorder=2.1))
            else:
                lines += _lines(ground)
        if lines:
            dash = style.get("linestyle", "solid")
            axes.add_collection(LineCollection(lines, colors=[str(style["edgecolor"])], linewidths=[style["linewidth"]],
                                               linestyles=[dash], zorder=2), autolim=False)  # fmt: skip


def _lines(ground: Any) -> list[Any]:
    """The lines of a shape: of an area, its edge."""
    edges = [ground.boundary if ground.geom_type in ("Polygon", "MultiPolygon") else ground]
    parts = [part for one in edges for part in shapely.get_parts(one) if part.geom_type in ("LineString", "LinearRing")]
    return [np.asarray(part.coords)[:, :2] for part in parts]


def _label(axes: Axes, ground: Ground, one: Drawn, height_mm: float) -> None:
    """What is written on a place, clear of the smaller places over it; beside a place too small to write on."""
    area = ground.areas[one.area_id]
    over = [other for area_id, other in ground.areas.items() if area_id != one.area_id and other.area < area.area / 2]
    clear = area.difference(shapely.union_all(over)) if over else area
    at = max(_polygons(clear) or _polygons(area), key=lambda part: part.area).representative_point()
    low, high = axes.get_ylim()
    small = (area.bounds[3] - area.bounds[1]) / (high - low) * height_mm < LEAST_FOR_A_LABEL_MM
    axes.annotate(
        one.label, (at.x, at.y), xytext=(0, 15) if small else (0, 0), textcoords="offset points", ha="center", va="center",
        fontsize=8, fontweight="bold", color=palette.INK, zorder=4,
        bbox={"boxstyle": "round,pad=0.22", "facecolor": palette.PAPER, "edgecolor": palette.INK, "linewidth": 0.6},
        arrowprops={"arrowstyle": "-", "color": palette.INK, "linewidth": 0.8} if small else None,
    )  # fmt: skip
