"""The commands of the register store, and the workbooks for those who will not type into an app."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result
from villages import Village

from pipelines.cli import app
from pipelines.record import open_store, read_registers

RAG = ("--place-id", "B01", "--judged-on", "2024-02-06", "--value", "red", "--role", "Chair")
BY = ("--recorded-by", "business_support")


def run(village: Village, *words: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, words), "--data-dir", str(village.data_dir)])


def test_one_thing_is_recorded_and_shown(village: Village) -> None:
    of = ("--reason=more fights", "--meeting", "west:2024-02-06")
    done = run(village, "register", "add", "rag_judgements", *BY, *RAG, *of)
    assert done.exit_code == 0, done.output
    [event] = open_store(village.settings).of_meeting("west", date(2024, 2, 6))
    assert (event.fields["value"], event.fields["role"], event.role) == ("red", "Chair", "business_support")
    assert "value red; role Chair; reason more fights" in run(village, "register", "show", "rag_judgements").output
    [shown] = json.loads(run(village, "register", "show", "rag_judgements", "--json").output)
    assert shown["entry_id"] == event.entry_key


def test_an_entry_is_changed_by_its_id(village: Village) -> None:
    action = ("--place-id", "B01", "--lead-agency", "Youth Service", "--action", "walk", "--status", "agreed")
    made = run(village, "register", "add", "actions", *BY, *action, "--updated-on", "2024-02-06", "--json")
    entry = json.loads(made.output)["entry_id"]
    assert run(village, "register", "add", "actions", *BY, "--entry", entry, "--status", "done").exit_code == 0
    [stands] = open_store(village.settings).current("actions")
    assert (stands.fields["status"], stands.unseen) == ("done", False)


@pytest.mark.parametrize(("words", "said"), [
    ((*BY, *RAG, "--reason", "ring 07700 900123"), "'07700 900123' (phone)"),
    ((*BY, *RAG, "--place-id", "B99"), "place_id is said twice"),
    ((*BY, "--place-id", "B99", *RAG[2:]), "place_id is none of this partnership's areas"),
    ((*BY, *RAG, "--meeting", "north:2024-02-06"), "the localities being west, east"),
    ((*BY, *RAG, "red"), "each column is an option with its value"),
    (("--recorded-by", "j@example.org", *RAG), "says no role"),
])  # fmt: skip
def test_what_cannot_be_recorded_says_why_and_leaves_nothing(village: Village, words: tuple[str, ...], said: str) -> None:
    done = run(village, "register", "add", "rag_judgements", *words)
    assert done.exit_code != 0
    assert said in " ".join(f"{done.output} {done.exception}".replace("│", " ").split())
    assert open_store(village.settings).events() == []


FILLED: dict[str, dict[str, Any]] = {
    "actions": {"action_ref": "a1", "place_id": "B01", "lead_agency": "Youth Service", "action": "walk the park",
                "status": "agreed", "updated_on": date(2024, 1, 20), "due_on": date(2024, 3, 1)},
    "agenda_items": {"item_ref": "g1", "place_id": "B01", "raised_on": date(2024, 1, 20), "item": "how the lights are going",
                     "for_meeting_on": date(2024, 3, 1)},
    "interventions": {"intervention_id": "i1", "place_id": "B01", "intervention_type": "detached_outreach",
                      "started_on": date(2024, 1, 20), "prevention_level": "universal"},
    "meetings": {"locality": "west", "met_on": date(2024, 1, 20)},
    "rag_judgements": {"place_id": "B02", "judged_on": date(2024, 1, 20), "value": "amber", "role": "Chair"},
}  # fmt: skip


def test_every_register_has_a_workbook_with_its_words_to_choose_from(village: Village, tmp_path: Path) -> None:
    for feed, register in read_registers(village.settings).items():
        file = tmp_path / f"{feed}.xlsx"
        assert run(village, "template", feed, file).exit_code == 0
        book = openpyxl.load_workbook(file)
        sheet = book.worksheets[0]
        assert [cell.value for cell in sheet[1]] == [field.name for field in register.fields]
        assert sheet.max_row == 1
        lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
        offered = [
            [cell.value for (cell,) in book["Lists"][rule.formula1.partition("!")[2].replace("$", "")]] for rule in lists
        ]
        for field in register.fields:
            if field.choices:
                assert [one.code for one in field.choices] in offered
            if field.name == "place_id":
                assert ["B01", "B02", "B03"] in offered
        dates = [field for field in register.fields if field.type == "date"]
        assert len([rule for rule in sheet.data_validations.dataValidation if rule.type == "date"]) == len(dates)
        assert register.title == book["Notes"]["A1"].value


def test_a_workbook_filled_in_is_delivered_as_it_is(village: Village, tmp_path: Path) -> None:
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    for feed, row in FILLED.items():
        file = tmp_path / f"{feed}.xlsx"
        run(village, "template", feed, file)
        book = openpyxl.load_workbook(file)
        sheet = book.worksheets[0]
        for at, cell in enumerate(sheet[1], start=1):
            sheet.cell(2, at).value = row.get(str(cell.value))
        book.save(file)
        village.deliver(feed, file.read_bytes(), name=file.name, delivered_on="2024-02-05")
    built = village.build()
    for feed, row in FILLED.items():
        assert built.tallies[feed] == {"read": 1, "counted": 1}
        [known] = village.ask(f"SELECT {', '.join(row)} FROM known_{feed}").astype(str).values.tolist()
        assert known == [str(one) for one in row.values()]


def test_an_empty_workbook_says_nothing_and_is_no_fault(village: Village) -> None:
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    file = village.data_dir / "empty.xlsx"
    run(village, "template", "actions", file)
    village.deliver("actions", file.read_bytes(), name="empty.xlsx", delivered_on="2024-02-05")
    assert village.build().tallies.get("actions", {"read": 0})["read"] == 0


def test_a_workbook_is_the_same_bytes_every_time_and_needs_a_place_to_stand(village: Village, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        run(village, "template", "actions", tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert "cannot be written there" in str(run(village, "template", "actions", tmp_path / "no" / "a.xlsx").exception)
    assert run(village, "template", "actions", tmp_path / "a.csv").exit_code == 2
    assert "no register of that name" in str(run(village, "template", "incidents", tmp_path / "a.xlsx").exception)
