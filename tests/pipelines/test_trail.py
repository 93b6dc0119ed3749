"""The trail: written before anything leaves, in codes alone, and nobody alters it unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines import chain, trail
from pipelines.cli import app
from pipelines.trail import Entry, TrailFault

AT = datetime(2026, 10, 30, 9, tzinfo=UTC)
SEEN = Entry("page", "a-subject", "practitioner", "north", "meeting:north", "2026-09_2026-10-07_0123abcd",
             {"page": "map", "months": "2026-07..2026-09", "level": "beat", "groups": "weapons,robbery"})  # fmt: skip


def walk(data_dir, days=5, entry=SEEN):
    """An entry a day, over the end of a month."""
    for number in range(days):
        trail.write(data_dir, entry, at=AT + timedelta(days=number))


def run(*said):
    return CliRunner().invoke(app, ["audit-log", *map(str, said)])


def test_an_entry_says_all_it_was_given_and_the_line_before_it(tmp_path):
    trail.write(tmp_path, SEEN, at=AT)
    (entry,) = trail.read(tmp_path)
    assert entry == {
        "at": "2026-10-30T09:00:00+00:00", "action": "page", "subject": "a-subject", "role": "practitioner",
        "locality": "north", "audience": "meeting:north", "snapshot": "2026-09_2026-10-07_0123abcd", "permission": "",
        "selection": {"groups": "weapons,robbery", "level": "beat", "months": "2026-07..2026-09", "page": "map"},
        "after": chain.BEGINNING,
    }  # fmt: skip


def test_a_new_month_is_a_new_file_of_the_same_chain(tmp_path):
    walk(tmp_path)
    files = sorted((tmp_path / "trail").glob("*.jsonl"))
    assert [one.name for one in files] == ["2026-10.jsonl", "2026-11.jsonl"]
    found = trail.verify(tmp_path)
    assert (found.entries, found.files, found.clock_went_back) == (5, 2, 0)
    assert found.head == chain.head(files[1])
    files[0].write_bytes(b"".join(files[0].read_bytes().splitlines(keepends=True)[:1]))
    with pytest.raises(TrailFault, match=r"trail/2026-11\.jsonl: line 1 does not follow"):
        trail.verify(tmp_path)


@pytest.mark.parametrize("name", ["2026-10.jsonl", "2026-11.jsonl"])
def test_any_line_altered_taken_out_or_put_in_is_told(tmp_path, name):
    walk(tmp_path, 6)
    file = tmp_path / "trail" / name
    first, second, *rest = file.read_bytes().splitlines(keepends=True)
    other = first.replace(b"a-subject", b"b-subject")
    for altered in ([other, second, *rest], [second, *rest], [first, first, second, *rest], [second, first, *rest]):
        file.write_bytes(b"".join(altered))
        with pytest.raises(TrailFault, match="does not follow"):
            trail.verify(tmp_path)


def test_an_end_cut_off_is_told_by_a_head_noted_before(tmp_path):
    walk(tmp_path, 2)
    noted = trail.verify(tmp_path).head
    walk(tmp_path, 1)
    assert trail.verify(tmp_path, head=noted).entries == 3
    newest = tmp_path / "trail" / "2026-10.jsonl"
    newest.write_bytes(newest.read_bytes().splitlines(keepends=True)[0])
    trail.verify(tmp_path)
    with pytest.raises(TrailFault, match="what came before it was cut off or rewritten"):
        trail.verify(tmp_path, head=noted)


def test_a_clock_that_jumps_back_is_marked_and_never_reorders(tmp_path):
    walk(tmp_path)
    trail.write(tmp_path, SEEN, at=AT - timedelta(days=60))
    trail.write(tmp_path, SEEN, at=AT - timedelta(days=59))
    files = sorted(file.name for file in (tmp_path / "trail").glob("*.jsonl"))
    assert files == ["2026-10.jsonl", "2026-11.jsonl"]
    entries = trail.read(tmp_path)
    assert [one["at"][:10] for one in entries[-2:]] == ["2026-08-31", "2026-09-01"]
    assert ["clock" in one for one in entries] == [False] * 5 + [True, False]
    assert trail.verify(tmp_path).clock_went_back == 1


def test_times_are_told_in_one_zone(tmp_path):
    trail.write(tmp_path, SEEN, at=datetime(2026, 11, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))))
    assert trail.read(tmp_path)[0]["at"] == "2026-10-31T23:30:00+00:00"
    assert (tmp_path / "trail" / "2026-10.jsonl").exists()


@pytest.mark.parametrize(("entry", "field"), [
    (Entry("looked about"), "action"), (Entry("page", ""), "subject"), (Entry("page", "two words"), "subject"),
    (Entry("page", role="7"), "role"), (Entry("page", locality="North End"), "locality"),
    (Entry("page", permission="by word of mouth"), "permission"), (Entry("page", selection={"count": "a"}), "selection"),
    (Entry("page", selection={"page": "Ottoline was seen"}), r"selection\.page"),
    (Entry("page", selection={"months": "582"}), r"selection\.months"),
    (Entry("page", selection={"months": "2026..582"}), r"selection\.months"),
])  # fmt: skip
def test_only_codes_are_taken_and_only_the_field_is_named(tmp_path, entry, field):
    with pytest.raises(TrailFault, match=rf"takes codes only, and {field} is none") as said:
        trail.write(tmp_path, entry, at=AT)
    assert "Ottoline" not in str(said.value)
    assert "582" not in str(said.value)
    assert not (tmp_path / "trail").exists()


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=30), min_size=1, max_size=3))
def test_text_never_gets_in(tmp_path_factory, selection):
    folder = tmp_path_factory.getbasetemp() / "never"
    fine = all(key in trail.SELECTION and value.isascii() and " " not in value for key, value in selection.items())
    if not fine:
        with pytest.raises(TrailFault):
            trail.write(folder, Entry("page", selection=selection), at=AT)


def test_a_file_a_kill_left_without_a_line_does_not_break_the_chain(tmp_path):
    walk(tmp_path, 1)
    (tmp_path / "trail" / "2026-11.jsonl").write_bytes(b'{"action"')
    trail.write(tmp_path, SEEN, at=AT + timedelta(days=60))
    assert [one["at"][:7] for one in trail.read(tmp_path)] == ["2026-10", "2026-12"]
    assert trail.verify(tmp_path).entries == 2


def test_the_command_says_the_head_and_a_note_of_it_is_held_against_the_trail(tmp_path):
    walk(tmp_path)
    said = run("verify", "--data-dir", tmp_path)
    head = trail.verify(tmp_path).head
    assert said.exit_code == 0
    assert "5 entries in 2 files" in said.output
    assert head in said.output
    assert run("verify", "--head", head, "--data-dir", tmp_path).exit_code == 0
    wrong = run("verify", "--head", "0" * 63 + "1", "--data-dir", tmp_path)
    assert isinstance(wrong.exception, TrailFault)
    assert wrong.exception.exit_code == 18


def test_the_command_shows_what_is_asked_for(tmp_path):
    walk(tmp_path, 2)
    trail.write(tmp_path, Entry("sign_out", "b-subject"), at=AT + timedelta(days=3))
    assert len(run("show", "--data-dir", tmp_path).output.splitlines()) == 3
    assert run("show", "--subject", "b-subject", "--data-dir", tmp_path).output.count("sign_out") == 1
    assert len(run("show", "--since", "2026-10-31", "--data-dir", tmp_path).output.splitlines()) == 2
    assert "Nothing of that is on the trail" in run("show", "--action", "freeze", "--data-dir", tmp_path).output
    assert run("show", "--action", "none", "--data-dir", tmp_path).exit_code == 2
    assert trail.read(tmp_path, since=date(2026, 11, 1), action="page") == []
