"""Leaflet comes from an installed package, once."""

from __future__ import annotations

import pytest

from dashboard import assets


def test_copying_twice_changes_nothing_the_second_time(tmp_path):
    first = assets.copy_leaflet(tmp_path)
    assert {"leaflet.js", "leaflet.css", "layers.png"} <= {path.name for path in first}
    assert assets.copy_leaflet(tmp_path) == []


def test_a_damaged_copy_is_mended(tmp_path):
    assets.copy_leaflet(tmp_path)
    (tmp_path / "leaflet.js").write_text("damaged", encoding="utf-8")
    assert [path.name for path in assets.copy_leaflet(tmp_path)] == ["leaflet.js"]


def test_without_the_package_it_says_which_one_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(assets.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(assets.LeafletMissingError, match="xstatic-leaflet is not installed"):
        assets.copy_leaflet(tmp_path)


def test_a_package_without_its_files_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "_package_folder", lambda: tmp_path / "empty")
    with pytest.raises(assets.LeafletMissingError, match=r"has no leaflet\.js"):
        assets.copy_leaflet(tmp_path / "target")
