"""What the log says of a fault: its kind and its place, whoever writes it."""

from __future__ import annotations

import logging
import threading

import pytest

from dashboard import calm_log

SECRET = "Kit Invented, 14 Elm Row"


@pytest.fixture(autouse=True)
def _installed(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    before = logging.getLogRecordFactory()
    calm_log.install()
    yield
    logging.setLogRecordFactory(before)


def fault() -> ValueError:
    try:
        raise ValueError(SECRET)
    except ValueError as raised:
        return raised


def test_a_traceback_becomes_the_kind_of_fault_and_its_place(caplog):
    logging.getLogger("streamlit.error_util").error("Uncaught app execution", exc_info=fault())
    assert "Uncaught app execution: ValueError at dashboard/test_calm_log.py:" in caplog.text
    assert SECRET not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("given", [("it failed: %s", fault()), ("it failed: %(why)s", {"why": fault()}), (fault(),)])
def test_a_fault_that_is_part_of_the_message_is_said_by_its_kind_alone(caplog, given):
    logging.getLogger("somebody").warning(*given)
    assert "ValueError at " in caplog.text
    assert SECRET not in caplog.text


def test_other_messages_are_left_as_they_are(caplog):
    logging.getLogger("somebody").warning("%d places in %s", 3, "North")
    assert "3 places in North" in caplog.text


def test_a_thread_that_dies_says_what_kind_of_fault_it_was(capsys):
    def dies() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=dies)
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "a thread stopped: ValueError at " in said
    assert SECRET not in said
