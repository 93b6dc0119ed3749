"""A town put in another's place: all of it, and never over anybody's own."""

from pathlib import Path

from pipelines.demo import holds_another_town, remake_town


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_smaller_town_leaves_nothing_of_a_larger_one_behind(tmp_path: Path) -> None:
    remake_town(tmp_path / "again", seed=3, months=9)
    (tmp_path / "again" / "snapshots").mkdir()
    (tmp_path / "again" / "snapshots" / "current").write_text("of the larger town")
    remake_town(tmp_path / "again", seed=4, months=6)
    remake_town(tmp_path / "fresh", seed=4, months=6)
    assert files(tmp_path / "again") == files(tmp_path / "fresh")


def test_a_town_that_was_stopped_half_way_can_be_made_again(tmp_path: Path) -> None:
    (tmp_path / ".making" / "deliveries").mkdir(parents=True)
    (tmp_path / "deliveries").mkdir()
    assert not holds_another_town(tmp_path)
    remake_town(tmp_path, seed=4, months=6)
    assert (tmp_path / "truth" / "planted.json").exists()
    assert not (tmp_path / ".making").exists()


def test_anything_of_somebodys_own_is_not_larkhaven(tmp_path: Path) -> None:
    assert not holds_another_town(tmp_path)
    for name in ("boundaries", "deliveries", "snapshots", "warehouse"):
        own = tmp_path / name
        (own / name).mkdir(parents=True)
        assert holds_another_town(own)
