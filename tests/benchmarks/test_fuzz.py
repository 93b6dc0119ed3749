"""The short form of the fuzzer: malformed files of every kind end in a refusal in words, or in sound rows."""

from __future__ import annotations

import random

import pytest

from benchmarks import fuzz


@pytest.mark.parametrize("kind", [*fuzz.DELIVERIES, *fuzz.BOUNDARIES])
def test_malformed_files_never_end_in_a_traceback(kind):
    found = fuzz.fuzz(24, seed=20261121, kinds=(kind,))
    assert found.faults == []
    assert found.tried[kind] == 24
    assert found.refused[kind] >= 8, "most are malformed indeed"


def test_sound_files_are_read(tmp_path):
    maker = fuzz.Maker(tmp_path / "making")
    maker.make = lambda kind, draw: maker.sound[kind]
    for kind in (*fuzz.DELIVERIES, *fuzz.BOUNDARIES):
        file = tmp_path / "town" / fuzz.NAMES[kind]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(maker.sound[kind])
        assert fuzz.read_one(kind, file, fuzz.Settings(tmp_path / "town"), tmp_path / "working") == "read", kind
        file.unlink()


def test_the_fuzzer_sees_a_program_that_trips(monkeypatch):
    def trips(*given, **more):
        raise KeyError("column")

    monkeypatch.setattr(fuzz, "check_file", trips)
    found = fuzz.fuzz(3, seed=1, kinds=("csv",), report=lambda said: None)
    assert len(found.faults) == 3
    assert "KeyError" in found.faults[0]


def test_the_same_seed_makes_the_same_files(tmp_path):
    one, other = fuzz.Maker(tmp_path / "a"), fuzz.Maker(tmp_path / "b")
    for number in range(20):
        assert one.make("csv", random.Random(number)) == other.make("csv", random.Random(number))
