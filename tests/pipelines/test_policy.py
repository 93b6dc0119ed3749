"""What the partnership decided, and who it is: hard-bounded, with every wrong key named and no value quoted."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.errors import SettingsError
from pipelines.policy import Audiences, load_partnership, load_policy
from pipelines.settings import SHIPPED

POLICY = (SHIPPED / "policy.toml").read_text(encoding="utf-8")
PARTNERSHIP = (SHIPPED / "partnership.toml").read_text(encoding="utf-8")
EXTENT = 'crs = "EPSG:27700"\nextent = { easting_m = [1, 2], northing_m = [1, 2] }'


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def changed(text: str, line: str, into: str) -> str:
    assert line in text
    return text.replace(line, into, 1)


def test_the_shipped_policy_and_partnership_are_sound() -> None:
    policy, partnership = load_policy(SHIPPED / "policy.toml"), load_partnership(SHIPPED / "partnership.toml")
    assert policy.rounding.base == 3
    assert [group.code for group in policy.harm_groups] == [
        "exploitation", "violence_and_fear", "knives_and_weapons", "asb_and_other"]  # fmt: skip
    assert [one.id for one in partnership.localities] == ["north", "east_central", "south"]
    assert len(policy.sha256) == len(partnership.sha256) == 64


BOUNDS = {
    "base = 3": (["base = 2", "base = 11", "base = true", "base = 3.5"], "rounding.base"),
    "weapon_in_school_base = 5": (["weapon_in_school_base = 4"], "rounding.weapon_in_school_base"),
    "frozen_after_months = 2": (["frozen_after_months = 0", "frozen_after_months = 13"], "rounding.frozen_after_months"),
    "cap_per_child = 1": (["cap_per_child = 0", "cap_per_child = 4"], "counting.cap_per_child"),
    "longest_range_days = 366": (["longest_range_days = 367"], "counting.longest_range_days"),
    "most_rejected_share = 0.5": (["most_rejected_share = 0.51", "most_rejected_share = nan"], "intake.most_rejected_share"),
    "snap_tolerance_m = 25": (
        ["snap_tolerance_m = 51", "snap_tolerance_m = inf", "snap_tolerance_m = nan"],
        "places.snap_tol",
    ),
    "outline_tolerance_m = 8": (["outline_tolerance_m = 0"], "places.outline_tolerance_m"),
    "still_arriving_months = 2": (["still_arriving_months = 7"], "freshness.still_arriving_months"),
    'summaries = ["return': (
        ['summaries = ["postcodes", "return', 'summaries = ["delay_by_beat", "return'],
        "released.summaries",
    ),
    'patterns = ["how': (['patterns = ["time_of_day", "how'], "released.patterns"),
    'code = "knives_and_weapons"': (['code = "all"'], "every group together"),
    "smallest_whole = 30": (["smallest_whole = 29", "smallest_whole = 501"], "released.smallest_whole"),
    "purge_after_days = 30": (["purge_after_days = -1", "purge_after_days = 366"], "retention.purge_after_days"),
    '"other"]': (['"fear_voiced"]'], "a harm type stands in two harm groups"),
    '"asb_pattern", ': (['"asb_pattern", "radicalisation", '], "released by city and year only"),
    'code = "asb_and_other"': (['code = "exploitation"', 'code = "Two Words"'], "harm_groups"),
    "harm_types = [": (["harm_types = []\nnot_known = ["], "not_known"),
}


@pytest.mark.parametrize(("line", "into", "says"), [(a, b, says) for a, (many, says) in BOUNDS.items() for b in many])
def test_no_policy_file_can_leave_the_bounds(tmp_path: Path, line: str, into: str, says: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        load_policy(written(tmp_path, "policy.toml", changed(POLICY, line, into)))
    assert wrong.value.exit_code == 3
    assert str(wrong.value).startswith("policy.toml: ")
    assert says.replace("harm_groups", "") in str(wrong.value)


def test_childrens_fear_is_never_merged_with_complaints_about_children(tmp_path: Path) -> None:
    text = changed(changed(POLICY, ', "fear_voiced"', ""), '"asb_pattern", ', '"asb_pattern", "fear_voiced", ')
    with pytest.raises(SettingsError, match="children's fear is never merged with complaints"):
        load_policy(written(tmp_path, "policy.toml", text))


def test_every_wrong_key_is_named_at_once_and_no_value_is(tmp_path: Path) -> None:
    text = "Canary = 1\n" + changed(changed(POLICY, "base = 3", "base = 299"), "cap_per_child = 1", "")
    with pytest.raises(SettingsError) as wrong:
        load_policy(written(tmp_path, "policy.toml", text))
    lines = str(wrong.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["Canary", "counting.cap_per_child", "rounding.base"]
    assert "299" not in str(wrong.value)


def with_audience(name: str, line: str, into: str) -> str:
    """The shipped policy with one line of one audience changed."""
    before, section = POLICY.split(f"[audiences.{name}]")
    return before + f"[audiences.{name}]" + changed(section, line, into)


WIDER = {
    "meeting": {
        "own_locality_only = true": ["own_locality_only = false", ""],
        'grains = ["month"': ['grains = ["week", "month"', 'grains = ["day"'],
        'area_levels = ["beat"': ['area_levels = ["base", "beat"', 'area_levels = ["point"'],
        'number = "range"': ['number = "exact"', 'number = "nearest"', ""],
        "register_text = true": ['register_text = "all"', "", "colour = 1\nregister_text = true"],
    },
    "manager": {
        "own_locality_only = false": ["own_locality_only = true"],
        'area_levels = ["beat"': ['area_levels = ["base", "beat"'],
        'number = "range"': ['number = "range"\nround_to = 5\nshown_as_under = 10'],
    },
    "board": {
        'area_levels = ["locality"': ['area_levels = ["beat", "locality"', 'area_levels = ["place_of_concern"'],
        'grains = ["term"': ['grains = ["month", "term"'],
        'number = "nearest"': ['number = "range"', ""],
        "round_to = 5": ["round_to = 4", "round_to = 3", "round_to = 0", "round_to = 51", "round_to = true", ""],
        "shown_as_under = 10": [f"shown_as_under = {bad}" for bad in (5, 9, 12, 0, 101)] + [""],
        "register_text = false": ["register_text = true"],
        "own_locality_only = false": ["own_locality_only = true"],
    },
}


@pytest.mark.parametrize(
    ("name", "line", "into"),
    [(name, line, into) for name, lines in WIDER.items() for line, many in lines.items() for into in many],
)
def test_no_policy_file_can_make_an_audience_wider(tmp_path: Path, name: str, line: str, into: str) -> None:
    with pytest.raises(SettingsError, match=rf"^policy.toml: audiences.{name}"):
        load_policy(written(tmp_path, "policy.toml", with_audience(name, line, into)))


NARROWER = {
    "meeting": {'"range"': '"nearest"\nround_to = 10\nshown_as_under = 20', 'grains = ["month", ': "grains = ["},
    "manager": {'area_levels = ["beat", "place_of_concern", ': "area_levels = [", "text = true": "text = false"},
    "board": {"round_to = 5 ": "round_to = 10 ", '"term", "quarter", "year"': '"year"', '"locality", "city"': '"city"'},
}


@pytest.mark.parametrize(
    ("name", "line", "into"), [(name, line, into) for name, lines in NARROWER.items() for line, into in lines.items()]
)
def test_a_policy_file_may_make_any_audience_narrower(tmp_path: Path, name: str, line: str, into: str) -> None:
    shipped = load_policy(SHIPPED / "policy.toml").audiences
    own = load_policy(written(tmp_path, "policy.toml", with_audience(name, line, into))).audiences
    assert getattr(own, name) != getattr(shipped, name)


def test_the_shipped_board_sees_no_finer_than_locality_quarter_and_nearest_five() -> None:
    board = load_policy(SHIPPED / "policy.toml").audiences.board
    assert set(board.area_levels) == {"locality", "city"}
    assert set(board.grains) == {"term", "quarter", "year"}
    assert (board.number, board.round_to, board.shown_as_under, board.register_text) == ("nearest", 5, 10, False)


def test_an_audience_nobody_knows_and_one_left_out_are_both_refused(tmp_path: Path) -> None:
    for text in (POLICY.replace("[audiences.board]", "[audiences.public]"), POLICY + "\n[audiences.press]\nround_to = 5\n"):
        with pytest.raises(SettingsError, match=r"policy.toml: audiences.(board: Field required|press: Extra inputs)"):
            load_policy(written(tmp_path, "policy.toml", text))


def test_what_a_manifest_carries_of_audiences_reads_back_the_same() -> None:
    shipped = load_policy(SHIPPED / "policy.toml").audiences
    carried = shipped.model_dump(mode="json", exclude_none=True)
    assert Audiences.model_validate(carried) == shipped
    carried["board"]["area_levels"].append("beat")
    with pytest.raises(ValidationError):
        Audiences.model_validate(carried)


PARTNERSHIPS = {
    'id = "city"': (['id = "north"', 'id = "The City"'], ""),
    'id = "south"': (['id = "north"'], "share an id"),
    'name = "South"': (['name = "North"', 'name = ""'], ""),
    'nation = "england"': (['nation = "albion"', "nation = 1"], "city.nation"),
    'crs = "EPSG:27700"': (
        ['crs = "EPSG:4326"', EXTENT.replace("[1, 2], n", "[2, 1], n"), EXTENT.replace("2] }", "nan] }")],
        "city.",
    ),
    'meeting_day = "Tuesday"': (['meeting_day = "Sunday"'], "localities.0.meeting_day"),
    'chair = "Deputy Service Manager"': ([""], "roles.chair"),
}


@pytest.mark.parametrize(("line", "into", "says"), [(a, b, says) for a, (many, says) in PARTNERSHIPS.items() for b in many])
def test_a_partnership_that_cannot_be_is_refused(tmp_path: Path, line: str, into: str, says: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        load_partnership(written(tmp_path, "partnership.toml", changed(PARTNERSHIP, line, into)))
    assert str(wrong.value).startswith("partnership.toml: ")
    assert says in str(wrong.value)


def test_an_extent_low_before_high_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path, "partnership.toml", changed(PARTNERSHIP, 'crs = "EPSG:27700"', EXTENT))
    extent = load_partnership(path).city.extent
    assert extent is not None
    assert extent.easting_m == (1, 2)


def test_a_file_that_is_missing_or_is_no_toml_is_said_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"policy.toml: cannot be read; check that the file exists"):
        load_policy(tmp_path / "policy.toml")
    with pytest.raises(SettingsError, match=r"policy.toml: is not TOML \(.*line 2.*\); mend that line"):
        load_policy(written(tmp_path, "policy.toml", "[rounding]\nbase = \n"))
    (tmp_path / "policy.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is not TOML"):
        load_policy(tmp_path / "policy.toml")


def test_a_policy_once_read_never_changes() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_policy(SHIPPED / "policy.toml").rounding.base = 5  # type: ignore[misc]
