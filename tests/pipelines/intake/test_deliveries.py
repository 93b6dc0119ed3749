"""Which files were delivered, what each says it covers, and which stands in place of which."""

from datetime import date
from pathlib import Path

import pytest
from villages import Village

from pipelines.errors import ContractError
from pipelines.intake.contract import feeds, load_contract
from pipelines.intake.deliveries import Delivery, describe_delivery, file_sha256, find_deliveries

ROW = "record_ref,occurred_from,harm_type,beat_code\nr1,2024-01-10,knife_crime,B01\n"
JANUARY = ("2024-01-01", "2024-01-31")


def found(village: Village) -> list[Delivery]:
    contracts = {feed: load_contract(feed, village.settings) for feed in feeds(village.settings)}
    return find_deliveries(village.settings, contracts)


def refused(village: Village) -> list[str]:
    with pytest.raises(ContractError) as wrong:
        found(village)
    assert wrong.value.exit_code == 4
    return wrong.value.faults


def described(village: Village, name: str) -> Delivery:
    return describe_delivery(village.deliver("incidents", ROW, name=name), load_contract("incidents", village.settings))


@pytest.mark.parametrize(
    ("name", "first", "last", "delivered"),
    [
        ("a_2024-01_2024-02.csv", date(2024, 1, 1), date(2024, 2, 29), date(2024, 3, 1)),
        ("a_2024-01_2024-01_delivered-2024-02-05.csv", date(2024, 1, 1), date(2024, 1, 31), date(2024, 2, 5)),
        ("a_2024-01-05_2024-01-20.csv", date(2024, 1, 5), date(2024, 1, 20), date(2024, 1, 21)),
    ],
)
def test_a_name_may_say_what_a_file_covers(village: Village, name: str, first: date, last: date, delivered: date) -> None:
    one = described(village, name)
    assert (one.covers_from, one.covers_to, one.delivered_on) == (first, last, delivered)


def test_a_sidecar_says_it_before_the_name_does(village: Village) -> None:
    village.deliver("incidents", ROW, name="a_2023-01_2023-01.csv", covers=JANUARY, delivered_on="2024-02-05")
    [one] = found(village)
    assert (one.covers_from, one.covers_to, one.delivered_on) == (date(2024, 1, 1), date(2024, 1, 31), date(2024, 2, 5))
    assert one.sha256 == file_sha256(one.path)


@pytest.mark.parametrize("name", ["a.csv", "a_2024-13_2024-14.csv", "a_2024-02-30_2024-03-01.csv"])
def test_records_that_do_not_say_what_they_cover_are_refused(village: Village, name: str) -> None:
    village.deliver("incidents", ROW, name=name)
    [fault] = refused(village)
    assert fault.startswith(f"incidents/{name}: does not say which months it covers. Add {name}.toml with covers_from")


def test_a_register_need_not_say_what_it_covers(village: Village) -> None:
    village.deliver("meetings", "locality,met_on\nwest,2024-01-10\n")
    [one] = found(village)
    assert (one.covers_from, one.covers_to, one.delivered_on) == (None, None, date.min)


SIDECARS = {
    "covers_from = 2024-02-01\ncovers_to = 2024-01-31\ndelivered_on = 2024-02-05": "covers_from is after covers_to",
    "covers_from = 2024-01-01\ncovers_to = 2024-01-31\ndelivered_on = 2023-12-05": "says it covers days after the day",
    "covers_from = 2024-01-01\ncovers_to = 2025-01-31\ndelivered_on = 2024-02-05": "which would count as zeros",
    'covers_from = "2024-01-01"\ncovers_to = 2024-01-31': "covers_from: a sidecar says covers_from, covers_to and",
    "covers_from = 2024-01-01T00:00:00\ncovers_to = 2024-01-31": "covers_from: a sidecar says",
    "covers_from = 2024-01-01": "covers_from without covers_to, or the reverse",
    'covers_from = 2024-01-01\ncovers_to = 2024-01-31\nsurname = "Canary"': "surname: a sidecar says",
    'feed = "police"\ncovers_from = 2024-01-01\ncovers_to = 2024-01-31': "feed: a sidecar says",
    "covers_from = the first": "a.csv.toml: is not TOML",
    "delivered_on = 2024-02-05": "does not say which months it covers",
}


@pytest.mark.parametrize("sidecar", SIDECARS)
def test_a_sidecar_that_cannot_be_true_is_refused_with_what_to_write(village: Village, sidecar: str) -> None:
    village.deliver("incidents", ROW, name="a.csv").with_name("a.csv.toml").write_text(sidecar, encoding="utf-8")
    [fault] = refused(village)
    assert fault.startswith("incidents/a.csv")
    assert SIDECARS[sidecar] in fault
    assert "Canary" not in fault


def test_every_file_that_is_wrong_is_named_at_once(village: Village) -> None:
    village.deliver("incidents", ROW, name="a.csv")
    village.deliver("missing_episodes", ROW, name="b.csv")
    village.deliver("gossip", ROW, name="c.csv")
    faults = refused(village)
    assert [fault.partition(":")[0] for fault in faults] == ["gossip/", "incidents/a.csv", "missing_episodes/b.csv"]
    assert "is no feed this partnership has a contract for; it has actions," in faults[0]


def test_no_file_is_passed_over_in_silence(village: Village) -> None:
    village.deliver("incidents", ROW, name="a.csv", covers=JANUARY, delivered_on="2024-02-05")
    village.deliver("incidents", ROW, name="jan.xls")
    village.deliver("incidents/2024-02", ROW, name="b.csv")
    (village.data_dir / "deliveries" / "loose.csv").write_text(ROW, encoding="utf-8")
    assert refused(village) == [
        "deliveries/loose.csv: lies in no feed's folder: put it under deliveries/<feed>/",
        "incidents/2024-02/: is a folder: put its files straight into incidents/",
        "incidents/jan.xls: is not CSV, Parquet or XLSX: ask for one of those, or take it away",
    ]


def test_what_computers_leave_lying_about_is_no_delivery(village: Village) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "~$open.xlsx", ".hidden.csv"):
        village.deliver("incidents", "x", name=name)
    (village.data_dir / "deliveries" / ".DS_Store").write_text("x")
    assert found(village) == []


def test_a_resend_names_the_file_that_stands(village: Village) -> None:
    for name, day in (("z.csv", "2024-02-05"), ("a.csv", "2024-02-12"), ("other.csv", "2024-02-12")):
        text = ROW if name != "other.csv" else ROW.replace("r1", "r2")
        village.deliver("incidents", text, name=name, covers=JANUARY, delivered_on=day)
    assert [(one.path.name, one.superseded_by) for one in found(village)] == [
        ("z.csv", None),
        ("a.csv", "incidents/z.csv"),
        ("other.csv", None),
    ]


def test_deliveries_come_in_the_order_they_were_made_and_one_feed_after_another(village: Village) -> None:
    village.deliver("meetings", "locality,met_on\nwest,2024-01-10\n", delivered_on="2020-01-01")
    for name, covers, day in (
        ("c.csv", ("2024-02-01", "2024-02-29"), "2024-03-05"),
        ("b.csv", JANUARY, "2024-03-05"), ("a.csv", JANUARY, "2024-03-06"),
    ):  # fmt: skip
        village.deliver("incidents", f"{ROW}{name}", name=name, covers=covers, delivered_on=day)
    assert [one.name for one in found(village)] == [
        "incidents/b.csv",
        "incidents/c.csv",
        "incidents/a.csv",
        "meetings/delivery.csv",
    ]


def test_nothing_delivered_yet_is_said_with_what_to_do(village: Village) -> None:
    with pytest.raises(ContractError, match="deliveries/: holds nothing yet: put each file under deliveries/<feed>/"):
        village.build()


def test_registers_alone_are_nothing_to_count(village: Village) -> None:
    village.deliver("meetings", "locality,met_on\nwest,2024-01-10\n", delivered_on="2024-01-11")
    with pytest.raises(ContractError, match="no delivery covers any month, so there is nothing to count yet"):
        village.build()


def test_the_same_bytes_in_two_feeds_are_two_deliveries(village: Village, tmp_path: Path) -> None:
    for feed in ("incidents", "missing_episodes"):
        village.deliver(feed, ROW, covers=JANUARY, delivered_on="2024-02-05")
    assert [one.superseded_by for one in found(village)] == [None, None]


def test_a_railway_forces_file_covers_no_month_by_itself(village: Village) -> None:
    header = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context\n"
    )
    row = ",{month},Force,Force,-1.992681,52.602237,Near,E01,Somewhere,Robbery,,\n"
    for month, force in (("2024-01", "westshire"), ("2024-02", "btp"), ("2024-03", "westshire")):
        village.deliver("police_uk", header + row.format(month=month), name=f"{month}-{force}-street.csv")
    village.build()
    states = village.ask("SELECT period, state FROM feed_periods WHERE feed = 'police_uk' ORDER BY period")
    assert states.values.tolist()[:3] == [
        ["2024-01", "collected"],
        ["2024-02", "not_collected"],
        ["2024-03", "collected"],
    ]
