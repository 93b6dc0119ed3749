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


def test_public_outlines_are_written_once_under_the_hash_of_what_is_in_them(tmp_path):
    assert assets.keep_outlines("abc", "{}", tmp_path / "outlines") == "vendor/outlines/abc.json"
    (file,) = (tmp_path / "outlines").iterdir()
    written = file.stat().st_mtime_ns
    assert assets.keep_outlines("abc", "{}", tmp_path / "outlines") == "vendor/outlines/abc.json"
    assert (file.name, file.read_text(encoding="utf-8"), file.stat().st_mtime_ns) == ("abc.json", "{}", written)


def test_where_nothing_can_be_written_outlines_have_no_address(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert assets.keep_outlines("abc", "{}", tmp_path / "file" / "outlines") is None
