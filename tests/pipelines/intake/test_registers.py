"""Registers and reference feeds: the newest sound row of each key is what is known."""

import pytest
from villages import Village

from pipelines.errors import ContractError

HEADER = "action_ref,place_id,lead_agency,action,status,updated_on"


def actions(village: Village, *rows: str, name: str = "a.csv", delivered_on: str = "2024-01-20") -> None:
    village.deliver("actions", "\n".join([HEADER, *rows]) + "\n", name=name, delivered_on=delivered_on)


@pytest.fixture
def counted(village: Village) -> Village:
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    return village


def known(village: Village, feed: str = "actions") -> list[list[object]]:
    return village.ask(f"SELECT action_ref, status FROM known_{feed} ORDER BY 1").values.tolist()


def test_the_row_delivered_last_is_what_is_known(counted: Village) -> None:
    actions(counted, "a1,B01,Youth Service,Walk,proposed,2024-01-10", "a2,B02,Council,Light,agreed,2024-01-10")
    actions(counted, "a1,B01,Youth Service,Walk,done,2024-01-25", name="b.csv", delivered_on="2024-01-26")
    built = counted.build()
    assert known(counted) == [["a1", "done"], ["a2", "agreed"]]
    assert built.tallies["actions"] == {"read": 3, "counted": 2, "superseded": 1}


def test_within_one_file_the_later_row_stands(counted: Village) -> None:
    actions(counted, "a1,B01,Council,Walk,proposed,2024-01-10", "a1,B01,Council,Walk,agreed,2024-01-11")
    counted.build()
    assert known(counted) == [["a1", "agreed"]]


def test_a_faulty_row_never_takes_the_place_of_a_sound_one(counted: Village) -> None:
    actions(counted, "a1,B01,Council,Walk,agreed,2024-01-10")
    actions(counted, "a1,B01,Council,Walk,finished,2024-01-25", "broken,row", name="b.csv", delivered_on="2024-01-26")
    built = counted.build()
    assert known(counted) == [["a1", "agreed"]]
    assert built.tallies["actions"] == {"read": 3, "counted": 1, "rejected": 2}


def test_a_build_for_an_earlier_day_knows_what_was_known_then(counted: Village) -> None:
    from datetime import date

    actions(counted, "a1,B01,Council,Walk,agreed,2024-01-10")
    actions(counted, "a1,B01,Council,Walk,done,2024-02-25", name="b.csv", delivered_on="2024-02-26")
    counted.build(as_at=date(2024, 2, 10))
    assert known(counted) == [["a1", "agreed"]]


def test_a_key_of_two_columns_keeps_one_row_for_each_pair(counted: Village) -> None:
    counted.deliver("meetings", "locality,met_on\nwest,2024-01-10\neast,2024-01-10\nwest,2024-01-17\nwest,2024-01-10\n",
                    delivered_on="2024-01-20")  # fmt: skip
    assert counted.build().tallies["meetings"] == {"read": 4, "counted": 3, "superseded": 1}
    rows = counted.ask("SELECT locality, met_on FROM known_meetings")
    assert not rows.duplicated().any()
    assert len(rows) == 3


def test_a_register_nobody_delivered_is_empty_and_not_missing(counted: Village) -> None:
    counted.build()
    assert known(counted) == []


def test_a_register_mostly_bad_is_refused_whole(counted: Village) -> None:
    actions(counted, *(f"a{n},B01,Council,Walk,Canary,2024-01-10" for n in range(25)))
    with pytest.raises(ContractError, match=r"actions/a.csv: 25 of 25 rows are bad.*status is not a code") as wrong:
        counted.build()
    assert "Canary" not in str(wrong.value)


def test_a_feed_of_the_partnerships_own_is_received_and_counted_nowhere(village: Village) -> None:
    contracts = village.data_dir / "contracts"
    contracts.mkdir()
    (contracts / "patrol_logs.toml").write_text(
        'feed = "patrol_logs"\ntitle = "Patrols"\ngrain = "one row per patrol"\nkind = "records"\n'
        'occurred = ["walked_on"]\n\n[[columns]]\nname = "walked_on"\ntype = "date"\nmeaning = "The day."\n'
    )
    village.deliver("patrol_logs", "walked_on\n2024-01-03\n2024-01-03\n", covers=("2024-01-01", "2024-01-31"))
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    assert village.build().tallies["patrol_logs"] == {"read": 2, "counted": 2}
    assert len(village.ask("SELECT * FROM known_patrol_logs")) == 2
