"""One piece of work, before it starts, and kinds together, on the page of the town whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access
from dashboard.views import interventions
from dashboard.wording import before as before_words
from dashboard.wording import impact as words
from dashboard.wording import interventions as listed
from dashboard.wording import worked as parts
from dashboard.worked import before, one
from pipelines.insight.queries import Audience, Snapshot, open_snapshot

PAGE = "from dashboard.views import interventions\ninterventions.page()\n"


@pytest.fixture(autouse=True)
def _shown_to_the_manager(monkeypatch):
    monkeypatch.setattr(access, "SHOWN_TO", Audience("manager"))


@pytest.fixture(scope="module")
def town(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, Audience("manager"))


@pytest.fixture(scope="module")
def planted(larkhaven: Path) -> dict[str, list[str]]:
    effects = json.loads((larkhaven / "truth" / "planted.json").read_text("utf-8"))["effects"]
    kinds = ("worked", "displaced", "nothing")
    return {kind: [each["place_id"] for each in effects if each["effect"] == kind] for kind in kinds}


def opened(data_dir: Path, monkeypatch, tab: str, shown_to: str = "manager", **kept: object) -> AppTest:
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(data_dir))
    access.show_to(shown_to)
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.session_state[interventions.TAB_KEY] = tab
    for key, value in kept.items():
        page.session_state[key] = value
    return page.run()


def text_of(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(element.proto.body for element in page.get("html"))


def entry_at(town: Snapshot, place: str) -> str:
    return next(each.entry_id for each in town.impacts() if each.area and each.area[1] == place and each.headline)


def shown(larkhaven: Path, monkeypatch, entry_id: str, shown_to: str = "manager") -> AppTest:
    return opened(larkhaven, monkeypatch, listed.ONE_TAB, shown_to, **{one.CHOICE_KEY: entry_id})


def test_what_worked_is_headed_by_evidence_of_a_reduction_with_its_range(larkhaven, monkeypatch, town, planted):
    for place in planted["worked"]:
        text = text_of(shown(larkhaven, monkeypatch, entry_at(town, place)))
        assert "Evidence of a reduction: about" in text
        assert "a fall of between" in text
        net = town.impact(entry_at(town, place)).impact.headline.net.verdict
        assert words.together(words.REDUCTION, net) in text
        assert words.BY_SPIKE not in text


def test_what_only_displaced_is_warned_of_in_the_headline(larkhaven, monkeypatch, town, planted):
    text = text_of(shown(larkhaven, monkeypatch, entry_at(town, planted["displaced"][0])))
    verdict = text.split("sp-worked-verdict")[1]
    assert f'sp-worked-warning">{words.together(words.REDUCTION, words.CANNOT_TELL)}' in verdict
    assert words.MAY_HAVE_MOVED in text or "evidence of an increase" in text


def test_what_was_chosen_by_a_spike_claims_nothing_and_says_so(larkhaven, monkeypatch, town, planted):
    text = text_of(shown(larkhaven, monkeypatch, entry_at(town, planted["nothing"][0])))
    assert "Cannot tell: about" in text
    assert "Evidence of a reduction: about" not in text
    assert words.BY_SPIKE in text
    assert words.CANNOT_TELL_MEANS in text


def test_both_sums_stand_side_by_side_with_the_headline_marked(larkhaven, monkeypatch, town, planted):
    text = text_of(shown(larkhaven, monkeypatch, entry_at(town, planted["worked"][0])))
    table = text.split(f"<caption>{parts.GUARDS}</caption>")[1].split("</table>")[0]
    assert words.guard_name(0) in table
    assert words.guard_name(3) in table
    assert table.count(f"<td>{parts.HEADLINE_HERE}</td>") == 1


def test_every_part_of_the_page_stands_in_words_beside_its_picture(larkhaven, monkeypatch, town, planted):
    page = shown(larkhaven, monkeypatch, entry_at(town, planted["worked"][0]))
    text = text_of(page)
    assert len(page.get("plotly_chart")) == 3
    for said in (parts.OVER_TIME, parts.WHERE_MAP, parts.AREA_CAPTION, parts.GROUP_CAPTION, parts.WDD_IS, parts.TRIED):
        assert said in text
    assert dict(page.query_params) == {}


def test_every_kind_of_refusal_has_a_page_and_what_is_led_elsewhere_says_only_that(larkhaven, monkeypatch, town):
    not_judged = {each.verdict: each for each in town.impacts() if each.headline is None}
    assert len(not_judged) == 4
    for each in not_judged.values():
        text = text_of(shown(larkhaven, monkeypatch, each.entry_id))
        assert words.why_not(each.verdict, (), each.started_on) in text
        assert (parts.CHOSEN_BECAUSE in text) == (each.verdict != "led_elsewhere")


def test_a_planned_piece_of_work_leads_to_what_could_be_seen_of_it(larkhaven, monkeypatch, town):
    planned = next(each for each in town.impacts() if each.verdict == "planned")
    page = shown(larkhaven, monkeypatch, planned.entry_id)
    page.button[0].click().run()
    text = text_of(page)
    assert page.session_state[before.PLACES_KEY] == [planned.area[1]]
    assert before_words.SEEN_MEANS in text
    assert before_words.DELIVER_PLANNED in text
    assert f",{planned.area[1]},," in page.code[0].value


def test_beats_that_are_ticked_stand_in_the_line_to_deliver(larkhaven, monkeypatch):
    chosen = {before.PLACES_KEY: ["N01"], before.GROUPS_KEY: ["violence_and_fear"]}
    page = opened(larkhaven, monkeypatch, listed.BEFORE_TAB, **chosen)
    page.multiselect(key=before.BEATS_KEY).set_value(["S01", "S03"]).run()
    page.text_input(key=before.REASON_KEY).set_value("Alike, and not near.").run()
    assert '"Alike, and not near."' in page.code[0].value
    assert "S01;S03" in page.code[0].value
    assert before_words.too_few(8) in text_of(page)
    page.button[0].click().run()
    assert before_words.too_few(8) not in text_of(page)
    assert len(page.session_state[before.BEATS_KEY]) >= 8


def test_before_it_starts_asks_for_a_place_first(larkhaven, monkeypatch):
    assert before_words.CHOOSE in text_of(opened(larkhaven, monkeypatch, listed.BEFORE_TAB))


def test_a_meeting_is_offered_its_own_places_and_no_kinds_together(larkhaven, monkeypatch, town):
    page = opened(larkhaven, monkeypatch, listed.BEFORE_TAB, "meeting:north")
    own = open_snapshot(larkhaven, Audience("meeting", "north"))
    assert not page.exception
    assert len(page.multiselect(key=before.PLACES_KEY).options) == len(own.areas_of(None))
    assert [tab.label for tab in page.tabs] == list(listed.TABS[:3])
    own_work = [each for each in own.impacts() if each.headline]
    text = text_of(shown(larkhaven, monkeypatch, own_work[0].entry_id, "meeting:north"))
    others = set(town.areas_of(None)["name"]) - set(own.areas_of(None)["name"])
    assert not [name for name in others if name in text]


def test_kinds_together_say_how_few_they_are_and_how_many_falls_stand_with_the_ring(larkhaven, monkeypatch, town):
    text = text_of(opened(larkhaven, monkeypatch, listed.KINDS_TAB))
    kinds = town.portfolio().values()
    assert words_of_total(kinds) in text
    assert parts.KINDS_FEW in text
    fell = [each for each in town.impacts() if each.verdict == words.REDUCTION]
    both = [each for each in fell if each.headline.net.verdict == words.REDUCTION]
    assert parts.also_net(len(fell), len(both)) in text
    assert len(both) < len(fell)


def words_of_total(kinds) -> str:
    names = ("sites", "reduced", "increased", "cannot_tell", "refused")
    return parts.kinds_total(*(sum(getattr(each, name) for each in kinds) for name in names))


def test_the_board_has_kinds_and_counts_by_locality_and_no_place(larkhaven, monkeypatch, town):
    text = text_of(opened(larkhaven, monkeypatch, listed.ALL_TAB, "board"))
    kinds = town.portfolio().values()
    assert parts.also_net(sum(each.reduced for each in kinds), sum(each.reduced_net for each in kinds)) in text
    assert listed.BOARD_CAPTION in text
    assert not [name for name in town.areas_of(None)["name"] if name in text]
    assert "about" not in text.split(parts.KINDS)[1]


def test_a_village_with_nothing_tried_and_little_past_says_so_on_every_tab(village, monkeypatch):
    village.incidents("one,2024-01-05,robbery,400500,300500")
    village.build()
    village.publish()
    said = {listed.ALL_TAB: listed.EMPTY, listed.ONE_TAB: parts.NO_WORK, listed.KINDS_TAB: parts.KINDS_NONE}
    for tab, sentence in said.items():
        assert sentence in text_of(opened(village.data_dir, monkeypatch, tab))
    place = village.snapshot().areas("beat")["area_id"].iloc[0]
    chosen = {before.PLACES_KEY: [place, "gone"], before.GROUPS_KEY: ["violence_and_fear"]}
    text = text_of(opened(village.data_dir, monkeypatch, listed.BEFORE_TAB, **chosen))
    assert words.NOT_JUDGED["too_few_comparison_places"] in text or before_words.NOT_WHOLE in text
    assert listed.EMPTY in text_of(opened(village.data_dir, monkeypatch, listed.ALL_TAB, "board"))
