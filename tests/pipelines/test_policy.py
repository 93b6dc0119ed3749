"""What the partnership decided, and who it is: hard-bounded, with every wrong key named and no value quoted."""

from pathlib import Path

import pytest

from pipelines.errors import SettingsError
from pipelines.policy import load_partnership, load_policy
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
    'epoch = "1"': (['epoch = ""', 'epoch = "one two"'], "rounding.epoch"),
    "cap_per_child = 1": (["cap_per_child = 0", "cap_per_child = 4"], "counting.cap_per_child"),
    "longest_range_days = 366": (["longest_range_days = 367"], "counting.longest_range_days"),
    "most_rejected_share = 0.5": (["most_rejected_share = 0.51", "most_rejected_share = nan"], "intake.most_rejected_share"),
    "snap_tolerance_m = 25": (
        ["snap_tolerance_m = 51", "snap_tolerance_m = inf", "snap_tolerance_m = nan"],
        "places.snap_tol",
    ),
    "outline_tolerance_m = 8": (["outline_tolerance_m = 0"], "places.outline_tolerance_m"),
    "still_arriving_months = 2": (["still_arriving_months = 7"], "freshness.still_arriving_months"),
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
