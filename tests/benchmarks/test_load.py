"""The load benchmark sees what goes wrong: a page that is not the one asked for, a fault, memory that grows, a slow tail."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import load

BANNER = '<div class="sp-banner">Shown to: North locality meeting</div>'
TITLE = '<h1 class="sp-title">Incidents<span>July to September 2026</span></h1>'
MONTHS = ["October 2026 (still arriving)", "September 2026", "August 2026", "July 2026"]


@pytest.fixture
def viewer() -> load.Viewer:
    """Somebody of the north who has just chosen the second of their two beats."""
    tally = load.Tally()
    badge = "Shown to: North locality meeting"
    return load.Viewer(None, "", frozenset({"N01", "N02"}), badge, random.Random(1), tally, here="N02")


def element(**parts: str) -> ForwardMsg:
    message = ForwardMsg()
    message.delta.fragment_id = "a-fragment"
    for kind, body in parts.items():
        getattr(message.delta.new_element, kind).body = body
    return message


def control(end: str, stands: str, *, says_so: bool = True) -> ForwardMsg:
    message = ForwardMsg()
    box = message.delta.new_element.selectbox
    box.id, box.default = f"$$ID-0-{end}:incidents", 1
    box.options.extend(MONTHS)
    if says_so:
        box.raw_value, box.set_value = stands, True
    return message


def town(places: tuple[str, ...], chosen: str | None) -> ForwardMsg:
    message = ForwardMsg()
    message.delta.fragment_id = "a-fragment"
    drawing = json.dumps({"shapes": "beat", "looks": {one: ["", "", 0] for one in places}, "chosen": chosen})
    part = message.delta.new_element.component_instance
    part.id, part.json_args = "a-map", json.dumps({"feature_group": f"saferPlaces.draw(map, {drawing});"})
    return message


def raised() -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.exception.type = "KeyError"
    return message


def faults_of(viewer: load.Viewer, **other: Any) -> dict[str, int]:
    """What a viewer objects to on a page that is right but for what is given here."""
    parts: dict[str, Any] = {
        "banner": element(html=BANNER), "from": control("from", "July 2026"), "to": control("to", "September 2026"),
        "title": element(html=TITLE), "map": town(("N01", "N02"), "N02"), **other,
    }  # fmt: skip
    viewer.page.forget()
    for message in parts.values():
        viewer.page.take(message or ForwardMsg())
    viewer.look(whole=True)
    return {what: count for what, count in viewer.tally.faults.items() if count}


def test_a_page_that_is_what_was_asked_for_has_no_fault(viewer):
    assert faults_of(viewer) == {}


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"banner": None}, "not let in"),
        ({"banner": element(html=BANNER.replace("North", "South"))}, "not let in"),
        ({"title": element(html=TITLE.replace("July", "June"))}, "not the months that were chosen"),
        ({"title": None}, "not the months that were chosen"),
        ({"map": town(("N01", "N02"), "N01")}, "not the place that was chosen"),
        ({"map": town(("N01", "N02", "S01"), "N02")}, "a place of somebody else's"),
        ({"map": town((), "N02")}, "no places of one's own"),
        ({"more": raised()}, "a fault box on the page"),
    ],
)  # fmt: skip
def test_a_page_that_is_not_is_a_fault(viewer, other, fault):
    assert set(faults_of(viewer, **other)) == {fault}


def test_a_sentence_in_a_red_box_is_a_fault_and_one_in_a_blue_one_is_not(viewer):
    box = element(alert="This page met a fault and stopped.")
    box.delta.new_element.alert.format = Alert.INFO
    assert faults_of(viewer, more=box) == {}
    box.delta.new_element.alert.format = Alert.ERROR
    assert faults_of(viewer, more=box) == {"a fault box on the page": 1}


def test_a_control_that_the_server_does_not_set_keeps_what_the_viewer_put_there(viewer):
    faults_of(viewer)
    asked = viewer._other_month().rerun_script
    stands = {one.id: one.string_value for one in asked.widget_states.widgets if "-from:" in one.id or "-to:" in one.id}
    changed = [one for one in viewer.page.ends.values() if one[2] not in ("July 2026", "September 2026")]
    assert len(changed) == 1
    assert {one[0]: one[2] for one in viewer.page.ends.values()} == stands
    viewer.page.take(control("from", "", says_so=False))
    assert {one[0]: one[2] for one in viewer.page.ends.values()} == stands
    viewer.page.take(control("from", "August 2026"))
    assert viewer.page.ends["from"][2] == "August 2026"


def test_a_viewer_never_chooses_a_month_that_is_not_whole_or_the_place_they_are_at(viewer):
    faults_of(viewer)
    for _ in range(40):
        viewer._other_month()
        assert all("(" not in stands for _, _, stands in viewer.page.ends.values())
        before = viewer.here
        viewer._other_place()
        assert viewer.here in viewer.own - {before}


@pytest.mark.parametrize(
    ("line", "is_fault"),
    [
        ("2026-11-22 01:38:31.480 Uncaught app execution: KeyError at views/map.py:68", True),
        ("a thread stopped: RuntimeError at runtime/scriptrunner.py:12", True),
        ("Traceback (most recent call last):", True),
        ("2026-11-22 01:38:31.480 WARNING streamlit: No runtime found, using MemoryCacheStorageManager", False),
        ("  URL: http://127.0.0.1:39513", False),
    ],
)
def test_a_fault_in_the_servers_log_is_known_by_its_form(line, is_fault):
    assert bool(load.FAULTY_LOG.search(line)) is is_fault


def test_memory_that_goes_on_growing_after_the_first_third_is_seen_and_a_cache_that_fills_is_not():
    filling = [300.0 + 5 * min(second, 20) for second in range(90)]
    leaking = [300.0 + second for second in range(90)]
    assert load.memory(filling)["growth_after_third"] == 0
    assert load.memory(leaking)["growth_after_third"] > load.MOST_GROWTH


def test_percentiles_are_times_that_were_taken():
    assert load.cuts([10.0] * 94 + [900.0] * 6) == {"changes": 100, "p50_ms": 10, "p95_ms": 900, "max_ms": 900}
    assert load.cuts([10.0] * 95 + [900.0] * 5)["p95_ms"] == 10
    assert load.cuts([7.0])["p95_ms"] == 7


def test_what_is_met_needs_every_change_that_was_due_no_fault_and_a_short_tail():
    def met(tally: load.Tally, grown: float = 0.0) -> bool:
        return bool(load._found(tally, {"rss_mb": {"growth_after_third": grown}}, 1, 10)["met"])

    def tally(took: float = 100.0, due: int = 2) -> load.Tally:
        made = load.Tally(due)
        made.took["month"], made.took["place"] = [took], [took]
        return made

    assert met(tally())
    assert not met(tally(took=1500.0))
    assert not met(tally(due=3)), "a viewer was let go of"
    assert not met(tally(), grown=0.1)
    faulty = tally()
    faulty.faults["cut off: ConnectionClosedError"] += 1
    assert not met(faulty)
    assert not met(load.Tally())
