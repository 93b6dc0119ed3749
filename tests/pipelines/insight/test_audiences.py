"""Audiences: what each may have, that nothing makes it more, and that no questions together give what none of them may.

The district below has two localities of four square beats each in a row, W1 to W4 and E1 to E4. A place of concern
lies astride the boundary (W4 and E1); two more lie inside W1 and E2. E3 and E4 have no places, so they are alike.
"""

import ast
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from villages import beat, boundary_file, make_village, square

import pipelines.insight
from pipelines.errors import NotForThisAudience, SnapshotFault
from pipelines.insight.queries import Audience, Snapshot, current_snapshot_id, open_snapshot

MANAGER, BOARD, WEST = Audience("manager"), Audience("board"), Audience("meeting", "west")
EVERYONE = [MANAGER, BOARD, WEST]
INCIDENTS = ("incidents", "incidents")
GROUPS = ["exploitation", "violence_and_fear", "knives_and_weapons", "asb_and_other"]
HARMS = ["cce"] + ["robbery", "knife_crime", "asb_pattern"] * 6
MONTHS = [f"2024-{month:02}" for month in range(1, 13)] + [f"2025-{month:02}" for month in range(1, 6)]
BEATS = {f"{end}{n}": ("west" if end == "W" else "east") for end, n in product("WE", (1, 2, 3, 4))}
PLACES = {"edge_park": 403_900, "west_shops": 400_400, "east_estate": 405_400}

few_examples = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the district: seventeen months of incidents and found children, five terms of weapons."""
    village = make_village(tmp_path_factory.mktemp("audiences") / "district")
    shapes = [beat(name, parent, square(400_000 + 1000 * at, 300_000)) for at, (name, parent) in enumerate(BEATS.items())]
    shapes += [
        beat(name, "", square(easting, 300_400, 200), place_level="place_of_concern") for name, easting in PLACES.items()
    ]
    (village.data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(shapes)), encoding="utf-8")
    rng = Random(20240101)
    rows, found, weapons = [], [], []
    for month in MONTHS:
        for n in range(60):
            where = f"{400_000 + rng.randrange(8000)},{300_000 + rng.randrange(1000)}"
            rows.append(f"i{month}{n},{month}-{1 + n % 28:02},{rng.choice(HARMS)},{where}")
            if n % 3 == 0:
                end = rng.choice(["west", "east"])
                found.append(f"m{month}{n},{month}-{1 + n % 28:02}T10:00:00,{end},{where}")
            if n % 12 == 0:
                weapons.append(f"w{month}{n},{month}-{1 + n % 28:02},{rng.choice(['west', 'east'])},secondary,kitchen_knife")
    covers = ("2024-01-01", "2025-05-20")
    village.incidents(*[row for row in rows if row.split(",")[1] <= covers[1]], covers=covers, delivered_on="2025-05-21")
    for feed, head, body in (
        (
            "missing_episodes",
            "episode_ref,missing_from_at,missing_from_locality,found_at_easting_m,found_at_northing_m",
            found,
        ),
        ("weapon_in_school_reports", "report_ref,incident_on,locality,setting_phase,weapon_type", weapons),
    ):
        kept = [row for row in body if row.split(",")[1][:10] <= covers[1]]
        village.deliver(feed, "\n".join([head, *kept]) + "\n", covers=covers, delivered_on="2025-05-21")
    village.build()
    village.publish()
    return village.data_dir


@pytest.fixture(scope="module")
def opened(district: Path) -> Callable[[Audience], Snapshot]:
    return {one: open_snapshot(district, one) for one in EVERYONE}.__getitem__


@pytest.fixture
def edited(district: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the district's snapshot with its released counts or its manifest changed."""

    def edit(*statements: str, manifest: Callable[[dict[str, Any]], object] = lambda content: None) -> Path:
        copy = tmp_path / "copy"
        if not copy.exists():
            shutil.copytree(district / "snapshots", copy / "snapshots")
        name = current_snapshot_id(copy)
        with duckdb.connect(str(copy / "snapshots" / f"{name}.duckdb")) as file:
            for statement in statements:
                file.execute(statement)
        said = copy / "snapshots" / f"{name}.json"
        content = json.loads(said.read_text(encoding="utf-8"))
        manifest(content)
        # Edited by somebody who also knows what the name of a snapshot is made of.
        rest = {key: value for key, value in content.items() if key not in ("id", "sequence")}
        content["id"] = name[:-8] + hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:8]
        said.unlink()
        said.with_name(f"{content['id']}.json").write_text(json.dumps(content), encoding="utf-8")
        said.with_suffix(".duckdb").rename(said.with_name(f"{content['id']}.duckdb"))
        (copy / "snapshots" / "current").write_text(content["id"])
        return copy

    return edit


def ask(snapshot: Snapshot, level: str, periods: list[str], groups: list[str] = GROUPS) -> pd.DataFrame:
    return snapshot.map_counts(*INCIDENTS, area_level=level, harm_groups=groups, periods=periods)


def everything(snapshot: Snapshot) -> dict[str, Any]:
    """Every cell an audience may ask for one by one (area, group, finest period), each level by each grain, the rest."""
    answers: dict[str, Any] = {level: snapshot.areas(level) for level in snapshot.area_levels}
    answers |= {f"outlines {level}": snapshot.outlines(level) for level in snapshot.area_levels}
    answers["freshness"], answers["measures"] = snapshot.freshness(), snapshot.measures()
    for kind in snapshot.measures():
        groups = [code for code, _ in kind.harm_groups]
        for level in kind.levels:
            chosen = {"feed": kind.feed, "measure": kind.measure, "area_level": level}
            for grain in kind.grains:
                answers[f"{kind.key} {grain}"] = snapshot.periods(kind.feed, kind.measure, grain=grain)
                span = list(answers[f"{kind.key} {grain}"]["period"])
                some = span if grain == kind.grain else span[:1]
                counts = snapshot.map_counts(**chosen, harm_groups=groups, periods=some)
                answers[f"{kind.key} {grain} {level}"] = counts
            for area, group in product(snapshot.areas(level)["area_id"], groups):
                answers[f"{kind.key} {level} {area} {group}"] = snapshot.series(**chosen, area_id=area, harm_groups=[group])
    return answers


def glance(snapshot: Snapshot) -> dict[str, Any]:
    """The same, briefly: each level's areas, outlines and one quarter."""
    seen: dict[str, Any] = {f"outlines {level}": snapshot.outlines(level) for level in snapshot.area_levels}
    levels = snapshot.measure(*INCIDENTS).levels
    return seen | {level: ask(snapshot, level, ["2024-Q2"]) for level in levels}


def differing(one: dict[str, Any], other: dict[str, Any], *, but: tuple[str, ...] = ()) -> list[str]:
    """The questions whose answers differ in any column but these."""
    assert one.keys() == other.keys()
    found = []
    for question, answer in one.items():
        if isinstance(answer, pd.DataFrame):
            kept = [column for column in answer.columns if column not in but]
            same = list(answer.columns) == list(other[question].columns) and answer[kept].equals(other[question][kept])
        else:
            same = answer == other[question]
        found += [] if same else [question]
    return found


# --- who is asking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "locality"),
    [("meeting", None), ("manager", "west"), ("board", "west"), ("public", None), ("", None), ("Manager", None)],
)
def test_an_audience_is_one_of_three_and_only_a_meeting_has_a_locality(name: str, locality: str | None) -> None:
    with pytest.raises(NotForThisAudience):
        Audience(name, locality)


@pytest.mark.parametrize("locality", ["north", "", "West", "W1", "two_ends", "' OR true --"])
def test_a_meeting_of_a_locality_the_snapshot_does_not_know_sees_nothing(district: Path, locality: str) -> None:
    with pytest.raises(NotForThisAudience, match="one of this snapshot's localities"):
        open_snapshot(district, Audience("meeting", locality))


def test_nobody_opens_a_snapshot_without_saying_who_is_asking(district: Path) -> None:
    with pytest.raises(TypeError, match="audience"):
        open_snapshot(district)  # type: ignore[call-arg]


# --- geography and time ------------------------------------------------------------------------------------------


def test_a_meeting_has_its_own_beats_its_own_places_and_those_astride_its_edge(opened: Any) -> None:
    west = opened(WEST)
    assert list(west.areas("beat")["area_id"]) == ["W1", "W2", "W3", "W4"]
    assert set(west.areas("place_of_concern")["area_id"]) == {"west_shops", "edge_park"}
    assert set(west.areas("locality")["area_id"]) == {"west", "east"}
    assert list(west.areas("city")["area_id"]) == ["two_ends"]
    assert west.locality_name == "West"


def test_every_beat_is_had_by_one_meeting_alone_though_the_beats_were_cut_again(larkhaven: Path) -> None:
    manager = open_snapshot(larkhaven, MANAGER)
    meetings = [open_snapshot(larkhaven, Audience("meeting", one)) for one in manager.areas("locality")["area_id"]]
    had = [beat for one in meetings for beat in one.areas("beat")["area_id"]]
    assert sorted(had) == sorted(manager.areas("beat")["area_id"])
    places = {place for one in meetings for place in one.areas("place_of_concern")["area_id"]}
    assert places == set(manager.areas("place_of_concern")["area_id"])


@pytest.mark.parametrize("level", ["beat", "place_of_concern", "locality", "city"])
def test_what_a_meeting_is_told_of_its_own_is_what_the_manager_is_told(opened: Any, level: str) -> None:
    manager, west = (ask(opened(one), level, ["2024-Q2", "2025-04"]) for one in (MANAGER, WEST))
    mine = manager[manager["area_id"].isin(west["area_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(west, mine)


def test_no_outline_of_anothers_beat_or_place_is_given(opened: Any) -> None:
    for audience, level in product(EVERYONE, ["beat", "place_of_concern", "locality", "city"]):
        snapshot = opened(audience)
        if level in snapshot.area_levels:
            drawn = [one["properties"]["area_id"] for one in snapshot.outlines(level)["features"]]
            assert sorted(drawn) == sorted(snapshot.areas(level)["area_id"])
    assert {one["id"] for one in opened(WEST).outlines("beat")["features"]} == {"W1", "W2", "W3", "W4"}


def test_the_board_has_closed_quarters_years_and_terms(opened: Any) -> None:
    board = opened(BOARD)
    quarters = [f"2024-Q{one}" for one in (1, 2, 3, 4)] + ["2025-Q1"]
    assert list(board.periods("incidents")["period"]) == quarters  # April and May 2025 are an open quarter
    assert list(board.periods("incidents", grain="year")["period"]) == ["2024"]
    manager = opened(MANAGER).periods("weapon_in_school_reports")
    terms = board.periods("weapon_in_school_reports")
    assert set(terms["state"]) == {"collected"}
    assert 0 < len(terms) < len(manager)


REFUSED: dict[str, tuple[Audience, Callable[[Snapshot], object]]] = {
    "the board asks for beats": (BOARD, lambda s: s.areas("beat")),
    "the board asks for places": (BOARD, lambda s: s.outlines("place_of_concern")),
    "the board maps beats": (BOARD, lambda s: ask(s, "beat", ["2024-Q1"])),
    "the board maps a month": (BOARD, lambda s: ask(s, "locality", ["2024-01"])),
    "the board hides a month in a list": (BOARD, lambda s: ask(s, "city", ["2024-Q1", "2024", "2024-05"])),
    "the board asks for the open quarter": (BOARD, lambda s: ask(s, "city", ["2025-Q2"])),
    "the board asks for the open year": (BOARD, lambda s: ask(s, "city", ["2025"])),
    "the board asks for months": (BOARD, lambda s: s.periods("incidents", grain="month")),
    "the board asks for a monthly series": (
        BOARD,
        lambda s: s.series(*INCIDENTS, area_level="city", area_id="two_ends", harm_groups=GROUPS, grain="month"),
    ),
    "a meeting asks for another's beat": (
        WEST,
        lambda s: s.series(*INCIDENTS, area_level="beat", area_id="E2", harm_groups=GROUPS),
    ),
    "a meeting asks for another's place": (
        WEST,
        lambda s: s.series(*INCIDENTS, area_level="place_of_concern", area_id="east_estate", harm_groups=GROUPS),
    ),
    "a meeting asks for base areas": (WEST, lambda s: s.areas("base")),
    "a manager asks for base areas": (MANAGER, lambda s: ask(s, "base", ["2024-01"])),
    "a manager asks for the backdrop as areas": (MANAGER, lambda s: s.outlines("context")),
    "a manager asks for weeks": (MANAGER, lambda s: ask(s, "city", ["2024-W03"])),
}


@pytest.mark.parametrize("question", REFUSED)
def test_what_an_audience_may_not_have_is_refused_and_it_is_told_what_it_may(opened: Any, question: str) -> None:
    audience, asked = REFUSED[question]
    with pytest.raises(
        NotForThisAudience, match=f"not for the {audience.name} audience: it may have .*the city, by"
    ) as said:
        asked(opened(audience))
    assert not re.search(r"E2|east_estate|2024|2025", str(said.value)), "it quotes nothing that was asked"
    assert said.value.exit_code == 11


# --- numbers and columns -----------------------------------------------------------------------------------------

SHOWN = ("area_id", "name", "place_category", "residents_10_17")
PERIOD = ("period", "period_start", "label")
FRESH = ("feed", "label", "delivered_on", "covers_to", "last_collected_period", "last_collected_label")
RANGED = {
    "areas": SHOWN,
    "periods": (*PERIOD, "state", "grain"),
    "map_counts": (
        "area_id", "name", "residents_10_17", "about", "low", "high", "single_cell", "cells", "periods_collected",
        "withheld_because", "estimated", "per_1000", "per_1000_low", "per_1000_high",
    ),
    "series": (*PERIOD, "about", "low", "high", "single_cell", "state", "withheld_because", "estimated"),
    "freshness": (*FRESH, "still_arriving_periods"),
}  # fmt: skip
ROUNDED = {
    **RANGED,
    "map_counts": ("area_id", "name", "about", "under", "withheld_because", "estimated", "per_1000"),
    "series": (*PERIOD, "about", "under", "state", "withheld_because", "estimated"),
}


@pytest.mark.parametrize(("audience", "columns"), [(MANAGER, RANGED), (WEST, RANGED), (BOARD, ROUNDED)])
def test_every_frame_has_exactly_the_columns_its_audience_may_have(opened: Any, audience: Audience, columns: Any) -> None:
    seen = opened(audience)
    quarter = ["2024-Q1"]
    frames = {
        "areas": seen.areas("locality"),
        "periods": seen.periods("incidents"),
        "map_counts": ask(seen, "locality", quarter),
        "series": seen.series(*INCIDENTS, area_level="city", area_id="two_ends", harm_groups=GROUPS),
        "freshness": seen.freshness(),
    }
    assert {name: tuple(frame.columns) for name, frame in frames.items()} == columns


def test_the_board_has_no_number_but_a_nearest_five_or_under_ten(opened: Any) -> None:
    small = 0
    for question, frame in everything(opened(BOARD)).items():
        if not isinstance(frame, pd.DataFrame) or "about" not in frame:
            continue
        said = frame["about"].dropna()
        assert ((said % 5 == 0) & (said >= 10)).all(), question
        assert (frame["under"].dropna() == 10).all()
        assert (frame["about"].isna() == frame["under"].notna())[frame["withheld_because"].isna()].all()
        numbers = set(frame.select_dtypes("number").columns)
        assert numbers <= {"about", "under", "per_1000"}, question
        small += int(frame["under"].notna().sum())
    assert small > 3, "the district has figures too small to say"


def test_a_boards_rate_is_made_of_the_rounded_number_and_blank_where_that_is_not_said(larkhaven: Path) -> None:
    board = open_snapshot(larkhaven, BOARD)
    lines = []
    for group, period in product(GROUPS, ["2026-Q3", "2026-Q2", "2025"]):
        found = ask(board, "locality", [period], [group])
        lines.append(found.merge(board.areas("locality")[["area_id", "residents_10_17"]], on="area_id"))
    found = ask(board, "locality", list(board.periods("incidents", grain="year")["period"][:1]))
    rates = pd.concat(lines)
    assert np.allclose(rates["per_1000"], rates["about"] / rates["residents_10_17"].astype(float) * 1000, equal_nan=True)
    assert rates["per_1000"].notna().any()


@pytest.mark.parametrize(
    ("released", "about", "under"), [(0, None, 10), (9, None, 10), (12, 10, None), (18, 20, None), (27, 25, None)]
)
def test_a_sum_is_said_to_the_nearest_five_or_only_as_under_ten(
    edited: Any, released: int, about: int | None, under: int | None
) -> None:
    copy = edited(
        "UPDATE counts SET value = 0 WHERE feed = 'incidents' AND value IS NOT NULL",
        f"UPDATE counts SET value = {released} WHERE feed = 'incidents' AND period = '2024-02' AND area_id = 'E3' "
        "AND harm_group = 'exploitation'",
    )
    row = ask(open_snapshot(copy, BOARD), "locality", ["2024-Q1"]).set_index("area_id").loc["east"]
    assert (None if pd.isna(row["about"]) else row["about"], None if pd.isna(row["under"]) else row["under"]) == (
        about,
        under,
    )


# --- nothing makes an audience wider -----------------------------------------------------------------------------

WIDER: dict[str, Callable[[dict[str, Any]], object]] = {
    "beats for the board": lambda said: said["board"]["area_levels"].append("beat"),
    "months for the board": lambda said: said["board"]["grains"].append("month"),
    "ranges for the board": lambda said: said["board"].update(number="range", round_to=None, shown_as_under=None),
    "base 3 for the board": lambda said: said["board"].update(round_to=3),
    "small numbers for the board": lambda said: said["board"].update(shown_as_under=5),
    "text for the board": lambda said: said["board"].update(register_text=True),
    "every locality for a meeting": lambda said: said["meeting"].update(own_locality_only=False),
    "base areas for a meeting": lambda said: said["meeting"]["area_levels"].append("base"),
    "another audience": lambda said: said.update(press=said["manager"]),
    "no board": lambda said: said.pop("board"),
    "nothing": lambda said: said.clear(),
}


@pytest.mark.parametrize("change", WIDER)
def test_a_manifest_edited_to_give_more_opens_for_nobody(edited: Any, change: str) -> None:
    copy = edited(manifest=lambda content: WIDER[change](content["audiences"]))
    for audience in EVERYONE:
        with pytest.raises(SnapshotFault, match="more than it may have; use another snapshot or publish again"):
            open_snapshot(copy, audience)


def test_a_snapshot_from_before_audiences_says_to_publish_again(edited: Any) -> None:
    copy = edited(manifest=lambda content: content.pop("audiences"))
    with pytest.raises(SnapshotFault, match="released before audiences were agreed; build, then publish again"):
        open_snapshot(copy, MANAGER)


def test_a_narrower_audience_in_the_policy_is_what_the_snapshot_gives(edited: Any) -> None:
    def narrow(content: dict[str, Any]) -> None:
        said = content["audiences"]
        said["board"].update(round_to=10, shown_as_under=20, area_levels=["city"], grains=["year"])
        said["meeting"].update(number="nearest", round_to=5, shown_as_under=10, grains=["month"])

    copy = edited(manifest=narrow)
    board, west = open_snapshot(copy, BOARD), open_snapshot(copy, WEST)
    assert [one.key for one in board.measures()] == [
        "incidents/incidents", "missing_episodes/missing_from", "missing_episodes/found_at"]  # fmt: skip
    assert (ask(board, "city", ["2024"])["about"] % 10 == 0).all()
    with pytest.raises(NotForThisAudience, match=r"it may have the city, by closed whole years$"):
        ask(board, "locality", ["2024"])
    with pytest.raises(NotForThisAudience, match="this measure"):
        board.periods("weapon_in_school_reports")
    assert tuple(ask(west, "beat", ["2024-01"]).columns) == ROUNDED["map_counts"]
    with pytest.raises(NotForThisAudience, match="one of these periods"):
        ask(west, "beat", ["2024-Q1"])


def test_no_environment_variable_makes_an_audience_wider(
    district: Path, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(pipelines.insight.__file__).parents[2]
    text = "\n".join(
        path.read_text(encoding="utf-8") for house in ("pipelines", "dashboard") for path in (root / house).rglob("*.py")
    )
    read = set(re.findall(r'"((?:SAFER_PLACES|XDG)_[A-Z_]+)"', text))
    assert {"SAFER_PLACES_DATA_DIR", "SAFER_PLACES_KEY_FILE"} <= read
    before = {audience: glance(opened(audience)) for audience in (WEST, BOARD)}
    for name in read | {"SAFER_PLACES_AUDIENCE", "SAFER_PLACES_LOCALITY", "AUDIENCE"}:
        monkeypatch.setenv(name, "manager")
    for audience, answers in before.items():
        assert differing(answers, glance(open_snapshot(district, audience))) == []


def test_the_released_side_reads_no_environment_and_no_settings_file() -> None:
    for path in Path(pipelines.insight.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            name.name if isinstance(node, ast.Import) else str(node.module)
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in node.names
        }
        assert not imported & {"sys", "tomllib", "pipelines.settings"}, path.name
        asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not asked & {"environ", "environb", "getenv", "getenvb"}, path.name


# --- no questions together give what none of them may ------------------------------------------------------------


def monthly(snapshot: Snapshot) -> pd.DataFrame:
    """Each beat's figure of each month: what the tests below must change for the manager to be about anything."""
    found = {month: ask(snapshot, "beat", [month]).set_index("area_id")["about"] for month in MONTHS[:6]}
    return pd.DataFrame(found)


def swapped(one: str, other: str, column: str) -> str:
    """SQL that gives each of two parts of the district the released counts of the other, cell by cell."""
    to_other = f"replace(replace(replace(counts.{column}, '{one}', '~'), '{other}', '{one}'), '~', '{other}')"
    match = " AND ".join(
        f"given.{name} = {to_other if name == column else f'counts.{name}'}"
        for name in ("feed", "measure", "area_level", "area_id", "harm_group", "period")
    )
    return (
        f"UPDATE counts SET value = given.value FROM (SELECT * FROM counts) AS given WHERE {match} "
        f"AND (contains(counts.{column}, '{one}') OR contains(counts.{column}, '{other}')) "
        "AND counts.area_level = 'base'"
    )


def test_nothing_a_meeting_may_ask_tells_which_of_anothers_beats_a_figure_is_of(opened: Any, edited: Any) -> None:
    """E3 and E4 are given each other's figures: where every answer stays the same, no sequence of them tells."""
    copy = edited(swapped("E3", "E4", "area_id"))
    assert not monthly(opened(MANAGER)).equals(monthly(open_snapshot(copy, MANAGER))), "the manager sees the difference"
    assert differing(everything(opened(WEST)), everything(open_snapshot(copy, WEST))) == []
    assert differing(everything(opened(BOARD)), everything(open_snapshot(copy, BOARD))) == []


MOVE = """
    UPDATE counts SET value = value + CASE {column} WHEN '{source}' THEN -3 ELSE 3 END
    WHERE feed = 'incidents' AND harm_group = 'asb_and_other' AND {where}
"""


def test_moving_a_figure_between_anothers_beats_changes_no_number_a_meeting_may_have(opened: Any, edited: Any) -> None:
    """Only how wide another locality's range is may change: that is a property of all its cells together."""
    prepare = (
        "UPDATE counts SET value = 6 WHERE feed = 'incidents' AND harm_group = 'asb_and_other' "
        "AND area_id IN ('E3', 'E4') AND period = '2024-02'"
    )
    copy = edited(prepare)
    before, seen = everything(open_snapshot(copy, WEST)), monthly(open_snapshot(copy, MANAGER))
    move = MOVE.format(column="area_id", source="E3", where="area_id IN ('E3', 'E4') AND period = '2024-02'")
    after = everything(open_snapshot(edited(move), WEST))
    assert not seen.equals(monthly(open_snapshot(copy, MANAGER)))
    ranges = ("low", "high", "per_1000_low", "per_1000_high")
    assert differing(before, after, but=ranges) == []
    for question in differing(before, after):
        assert " locality" in question or " city" in question


def test_nothing_the_board_may_ask_tells_one_month_of_a_quarter_or_one_beat_from_another(opened: Any, edited: Any) -> None:
    prepare = (
        "UPDATE counts SET value = 6 WHERE feed = 'incidents' AND harm_group = 'asb_and_other' "
        "AND area_id IN ('W2', 'W3') AND period IN ('2024-04', '2024-05', '2024-06')"
    )
    copy = edited(prepare)
    before, seen = everything(open_snapshot(copy, BOARD)), monthly(open_snapshot(copy, MANAGER))
    for move in (
        MOVE.format(column="period", source="2024-04", where="area_id = 'W2' AND period IN ('2024-04', '2024-06')"),
        MOVE.format(column="area_id", source="W2", where="area_id IN ('W2', 'W3') AND period = '2024-05'"),
    ):
        copy = edited(move)
        assert not seen.equals(monthly(open_snapshot(copy, MANAGER)))
        assert differing(before, everything(open_snapshot(copy, BOARD))) == []
        seen = monthly(open_snapshot(copy, MANAGER))
    for month in ("2025-04", "2025-05"):  # an open quarter is not in any answer at all
        copy = edited(f"UPDATE counts SET value = value + 30 WHERE feed = 'incidents' AND period = '{month}'")
    assert differing(before, everything(open_snapshot(copy, BOARD))) == []


def test_no_sum_or_difference_of_a_meetings_areas_is_a_part_of_anothers_locality(district: Path, opened: Any) -> None:
    """Linear algebra over the base areas: a beat or base area of East is in the span of what West may ask, or it is not."""
    base, vectors = members(district)
    west = opened(WEST)
    had = [vectors[level, area] for level in west.area_levels for area in west.areas(level)["area_id"]]
    theirs = [area for area in base if area.startswith("E")]
    assert len(theirs) >= 9
    targets = [vectors["beat", f"E{n}"] for n in (1, 2, 3, 4)] + [np.eye(len(base))[base.index(area)] for area in theirs]
    assert not [at for at, target in enumerate(targets) if in_span(target, had)]
    assert in_span(vectors["beat", "W2"], had)
    assert in_span(vectors["beat", "E2"], [*had, vectors["beat", "E1"], vectors["beat", "E3"], vectors["beat", "E4"]])


def members(district: Path) -> tuple[list[str], dict[tuple[str, str], np.ndarray]]:
    """The base areas, and for each named area the weight with which each base area counts towards it."""
    with duckdb.connect(str(district / "snapshots" / f"{current_snapshot_id(district)}.duckdb"), read_only=True) as file:
        rows = file.execute("SELECT area_level, area_id, base_area_id, weight FROM area_members").fetchall()
    localities = {"west", "east"}
    base = sorted({row[2] for row in rows} - localities)
    vectors: dict[tuple[str, str], np.ndarray] = {}
    for level, area, one, weight in rows:
        if one not in localities:
            vectors.setdefault((level, area), np.zeros(len(base)))[base.index(one)] += weight
    return base, vectors


def in_span(target: np.ndarray, vectors: list[np.ndarray]) -> bool:
    rows = np.array(vectors)
    return int(np.linalg.matrix_rank(np.vstack([rows, target]))) == int(np.linalg.matrix_rank(rows))


# --- differencing: every answer is a function of what was released -----------------------------------------------


@pytest.fixture(scope="module")
def released(district: Path) -> Callable[..., float]:
    """What was released for an area, summed straight from the snapshot's tables."""
    with duckdb.connect(str(district / "snapshots" / f"{current_snapshot_id(district)}.duckdb"), read_only=True) as file:
        cells = file.execute(
            "SELECT area_members.area_level, area_members.area_id, harm_group, period, value * weight AS y FROM counts "
            "INNER JOIN area_members ON base_area_id = counts.area_id WHERE feed = 'incidents' AND value IS NOT NULL"
        ).df()
    sums = cells.groupby(["area_level", "area_id", "harm_group", "period"])["y"].sum()

    def total(level: str, area: str, cells: set[tuple[str, str]]) -> float:
        return float(sum(sums.get((level, area, group, month), 0.0) for group, month in cells))

    return total


def months_of(periods: list[str]) -> set[str]:
    """The months behind period codes, worked out here on their own."""
    found = set()
    for code in periods:
        year, _, rest = code.partition("-")
        numbers = (
            range(1, 13)
            if not rest
            else range(int(rest[1]) * 3 - 2, int(rest[1]) * 3 + 1)
            if rest[0] == "Q"
            else [int(rest)]
        )
        found |= {f"{year}-{number:02}" for number in numbers}
    return found


def filters(audience: Audience) -> st.SearchStrategy[tuple[str, list[str], list[str]]]:
    """Any filter an audience may ask: a level, some harm groups, and some periods of any of its grains."""
    coarse = [f"2024-Q{one}" for one in (1, 2, 3, 4)] + ["2025-Q1", "2024"]
    levels = ["locality", "city"] if audience == BOARD else ["beat", "place_of_concern", "locality", "city"]
    periods = coarse if audience == BOARD else MONTHS + coarse
    some = lambda among: st.lists(st.sampled_from(among), min_size=1, unique=True)  # noqa: E731
    return st.tuples(st.sampled_from(levels), some(GROUPS), some(periods))


@pytest.mark.parametrize("audience", EVERYONE, ids=lambda one: one.name)
@given(data=st.data())
@few_examples
def test_any_two_filters_always_differ_by_what_was_released_for_the_difference(
    opened: Any, released: Any, audience: Audience, data: st.DataObject
) -> None:
    snapshot = opened(audience)
    level, some_groups, some_periods = data.draw(filters(audience))
    _, more_groups, more_periods = data.draw(filters(audience))
    narrow = {(group, month) for group in some_groups for month in months_of(some_periods)}
    groups, periods = list({*some_groups, *more_groups}), list({*some_periods, *more_periods})
    wide = {(group, month) for group in groups for month in months_of(periods)}
    one, other = (
        ask(snapshot, level, *chosen).set_index("area_id") for chosen in ((some_periods, some_groups), (periods, groups))
    )
    for area in one.index:
        if audience == BOARD:
            for seen, cells in ((one.loc[area], narrow), (other.loc[area], wide)):
                y = released(level, area, cells)
                assert seen["under"] == 10 if y < 10 else seen["about"] == 5 * np.floor(y / 5 + 0.5)
        else:
            gap = other.loc[area, "about"] - one.loc[area, "about"]
            assert gap == pytest.approx(released(level, area, wide - narrow))
