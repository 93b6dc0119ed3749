"""Where things are: a data directory's own files over the shipped ones, and the key apart from both."""

from pathlib import Path

import pytest

from pipelines.settings import SHIPPED, Settings


def test_a_data_directory_without_files_of_its_own_uses_the_shipped_ones(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert settings.own_or_shipped("contracts", "incidents.toml") == SHIPPED / "contracts" / "incidents.toml"
    assert settings.policy.sha256 == Settings(tmp_path / "other").policy.sha256


def test_a_file_of_its_own_is_laid_over_the_shipped_one_and_the_others_stay(tmp_path: Path) -> None:
    shipped = Settings(tmp_path / "none")
    text = (SHIPPED / "policy.toml").read_text(encoding="utf-8").replace("base = 3 ", "base = 5 ")
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    settings = Settings(tmp_path)
    assert (shipped.policy.rounding.base, settings.policy.rounding.base) == (3, 5)
    assert settings.policy.sha256 != shipped.policy.sha256
    assert settings.partnership == shipped.partnership


def test_each_kind_of_file_has_its_own_folder(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert settings.boundaries == tmp_path / "boundaries"
    assert settings.deliveries == tmp_path / "deliveries"
    assert settings.warehouse == tmp_path / "warehouse" / "warehouse.duckdb"
    assert settings.snapshots == tmp_path / "snapshots"


def test_the_key_is_outside_the_data_directory_unless_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path)
    monkeypatch.setenv("SAFER_PLACES_KEY_FILE", str(tmp_path / "mine.key"))
    assert settings.key_file == tmp_path / "mine.key"
    monkeypatch.delenv("SAFER_PLACES_KEY_FILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere")
    assert settings.key_file == Path("/somewhere/safer-places/rounding.key")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert settings.key_file == Path.home() / ".config" / "safer-places" / "rounding.key"
