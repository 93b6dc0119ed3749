"""Registers that only grow: every line names the one before, and what is altered, torn or taken out is seen."""

from __future__ import annotations

import json
import os
import resource
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import chain
from pipelines.chain import ChainFault


def register(folder, lines=3, name="a.jsonl"):
    """A register of a few lines."""
    file = folder / "kept" / name
    for number in range(lines):
        chain.append(file, {"number": number, "said": "höchst"})
    return file


def numbers(entries):
    return [one["number"] for one in entries]


def test_a_register_that_was_never_written_is_empty(tmp_path):
    assert chain.read(tmp_path / "kept" / "a.jsonl") == []
    assert chain.head(tmp_path / "kept" / "a.jsonl") == chain.BEGINNING
    assert chain.last(tmp_path / "kept" / "a.jsonl") is None


def test_every_line_names_the_hash_of_the_one_before(tmp_path):
    file = register(tmp_path)
    first, second, third = file.read_bytes().splitlines()
    assert [one["after"] for one in chain.read(file)] == [chain.BEGINNING, chain.hash_of(first), chain.hash_of(second)]
    assert chain.head(file) == chain.hash_of(third)
    assert chain.last(file)["number"] == 2


def test_what_append_returns_is_what_is_read(tmp_path):
    file = tmp_path / "kept" / "a.jsonl"
    assert [chain.append(file, {"number": 0})] == chain.read(file)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_altered_byte_is_always_seen(tmp_path_factory, data):
    file = register(tmp_path_factory.mktemp("altered"), 4)
    whole, head = file.read_bytes(), chain.head(file)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    file.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
    try:
        chain.read(file)
        seen = chain.head(file) != head
    except ChainFault as said:
        seen = "kept/a.jsonl: " in str(said) and "höchst" not in str(said)
    assert seen


def test_a_line_taken_out_or_put_in_or_moved_is_named(tmp_path):
    file = register(tmp_path, 4)
    one, two, three, four = file.read_bytes().splitlines(keepends=True)
    for made, number in (([one, three, four], 2), ([two, three, four], 1), ([one, three, two, four], 2), ([one, one], 2)):
        file.write_bytes(b"".join(made))
        with pytest.raises(ChainFault, match=rf"kept/a\.jsonl: line {number} does not follow .* last backup"):
            chain.read(file)


def test_lines_cut_off_at_the_end_change_the_head(tmp_path):
    file = register(tmp_path, 4)
    before = chain.head(file)
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:3]))
    assert numbers(chain.read(file)) == [0, 1, 2]
    assert chain.head(file) != before


def test_a_line_of_before_there_was_a_chain_is_refused_and_says_so(tmp_path):
    file = register(tmp_path, 0)
    file.parent.mkdir()
    file.write_text('{"number": 0}\n')
    with pytest.raises(ChainFault, match="line 1 names no line before it: an earlier version"):
        chain.read(file)
    with pytest.raises(ChainFault, match="its last line names no line before it"):
        chain.append(file, {"number": 1})


def test_a_damaged_line_is_named_and_nothing_is_written_behind_it(tmp_path):
    file = register(tmp_path)
    file.write_bytes(file.read_bytes() + b"\x00\x00\n")
    with pytest.raises(ChainFault, match="line 4 is damaged"):
        chain.read(file)
    with pytest.raises(ChainFault, match="its last line is damaged"):
        chain.append(file, {"number": 3})


def test_a_line_cut_short_anywhere_never_stops_the_next_and_is_laid_aside(tmp_path):
    file = register(tmp_path, 2)
    whole = file.read_bytes()
    first = whole.index(b"\n") + 1
    aside = file.with_name("a.jsonl.torn")
    for end in range(first, len(whole) + 1):
        file.write_bytes(whole[:end])
        aside.unlink(missing_ok=True)
        counts = [0, 1] if end >= len(whole) - 1 else [0]
        assert numbers(chain.read(file)) == counts
        chain.append(file, {"number": 9})
        assert numbers(chain.read(file)) == [*counts, 9]
        torn = whole[first:end] if counts == [0] else b""
        assert (aside.read_bytes() if aside.exists() else b"") == (torn + b"\n" if torn else b"")


def test_a_kill_while_lines_are_written_loses_none_that_was_acknowledged(tmp_path):
    file, told = tmp_path / "kept" / "a.jsonl", tmp_path / "told"
    told.touch()  # a kill may come before the first line
    for round_number in range(6):
        child = os.fork()
        if child == 0:
            with told.open("ab", buffering=0) as out:
                while True:
                    out.write(f"{chain.append(file, {'number': round_number})['after']}\n".encode())
        time.sleep(0.03 + 0.011 * round_number)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kept = [one["after"] for one in chain.read(file)]
        acknowledged = told.read_text().split()
        assert set(acknowledged) <= set(kept)
        assert len(kept) - len(acknowledged) <= round_number + 1  # written, and killed before it could say so
        chain.append(file, {"number": -1})
        with told.open("ab", buffering=0) as out:
            out.write(f"{chain.last(file)['after']}\n".encode())


def test_a_full_disk_leaves_the_register_as_it_was(tmp_path):
    file = register(tmp_path)
    before = file.read_bytes()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, len(before) + 20))
        try:
            chain.append(file, {"number": 3})
        except ChainFault as said:
            os._exit(0 if "cannot be written; see that the disk has room" in str(said) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert file.read_bytes() == before


def test_many_writers_lose_no_line(tmp_path):
    file = tmp_path / "kept" / "a.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: chain.append(file, {"number": number}), range(64)))
    assert sorted(numbers(chain.read(file))) == list(range(64))


def test_whoever_holds_the_folder_goes_on_and_another_waits_no_longer_than_asked(tmp_path):
    folder, said = tmp_path / "kept", []

    def other():
        try:
            chain.append(folder / "a.jsonl", {"number": 2}, wait_seconds=0.05)
        except ChainFault as wrong:
            said.append(str(wrong))

    with chain.held(folder), chain.held(folder):
        chain.append(folder / "a.jsonl", {"number": 1})
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert said == ["kept: another program is writing there; try again when it is done"]
    chain.append(folder / "a.jsonl", {"number": 2})


def test_a_chain_goes_on_from_file_to_file(tmp_path):
    first = register(tmp_path, 2, "2026-10.jsonl")
    second = first.with_name("2026-11.jsonl")
    chain.append(second, {"number": 2}, before=first)
    chain.append(second, {"number": 3}, before=first)
    assert numbers(chain.read_all(first.parent, "*.jsonl")) == [0, 1, 2, 3]
    first.write_bytes(first.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(ChainFault, match=r"2026-11\.jsonl: line 1 does not follow"):
        chain.read_all(first.parent, "*.jsonl")
    first.unlink()
    with pytest.raises(ChainFault, match=r"2026-11\.jsonl: line 1 does not follow"):
        chain.read_all(first.parent, "*.jsonl")


def test_a_first_line_cut_short_still_goes_on_from_the_file_before(tmp_path):
    first = register(tmp_path, 2, "2026-10.jsonl")
    second = first.with_name("2026-11.jsonl")
    for left in (b"", b'{"after": "12'):
        second.write_bytes(left)
        assert numbers(chain.read_all(first.parent, "*.jsonl")) == [0, 1]
        chain.append(second, {"number": 2}, before=first)
        assert numbers(chain.read_all(first.parent, "*.jsonl")) == [0, 1, 2]


def test_an_append_reads_no_more_than_the_end(tmp_path):
    file = register(tmp_path, 1)
    line = file.read_bytes()
    with file.open("ab") as out:
        for _ in range(400):
            out.write(line * 500)
    began = time.process_time()
    chain.append(file, {"number": 1})
    assert time.process_time() - began < 0.05  # of 20 MB


def test_an_entry_too_long_for_a_register_is_refused(tmp_path):
    with pytest.raises(ChainFault, match="longer than a register takes"):
        chain.append(tmp_path / "kept" / "a.jsonl", {"said": "x" * chain.LONGEST_LINE})


def test_a_register_is_its_owners_alone_even_where_the_folder_was_open(tmp_path):
    (tmp_path / "kept").mkdir(mode=0o755)
    file = register(tmp_path)
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_bytes().splitlines()[0])["after"] == chain.BEGINNING


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ChainFault, match="cannot be written; see that the disk has room"):
        chain.append(tmp_path / "taken" / "kept" / "a.jsonl", {})
