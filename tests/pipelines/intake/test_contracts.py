"""The contracts and vocabularies that ship, and a partnership's own laid over them."""

import re
from pathlib import Path

import pytest
from villages import Village

from pipelines.errors import ContractError, SettingsError
from pipelines.intake.contract import feeds, load_contract, load_vocabulary
from pipelines.settings import SHIPPED, Settings

SHIPPED_ALONE = Settings(SHIPPED / "none")
FEEDS = feeds(SHIPPED_ALONE)
VOCABULARIES = sorted({path.stem for path in (SHIPPED / "reference").glob("*.csv")} - {"identifying_headers"})
INCIDENTS = (SHIPPED / "contracts" / "incidents.toml").read_text(encoding="utf-8")
MEETINGS = (SHIPPED / "contracts" / "meetings.toml").read_text(encoding="utf-8")


def own(village: Village, text: str, feed: str = "incidents") -> Settings:
    folder = village.data_dir / "contracts"
    folder.mkdir(exist_ok=True)
    (folder / f"{feed}.toml").write_text(text, encoding="utf-8")
    return village.settings


@pytest.mark.parametrize("feed", FEEDS)
def test_every_shipped_contract_loads_and_says_what_each_column_means(feed: str) -> None:
    contract = load_contract(feed, SHIPPED_ALONE)
    assert contract.feed == feed
    assert contract.grain.startswith("one row per ")
    assert all(column.meaning.endswith(".") for column in contract.columns)
    assert all(contract.column(name).required for name in contract.key if contract.kind in ("records", "register"))


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_vocabulary_loads_with_lower_case_codes_and_labels(name: str) -> None:
    terms = load_vocabulary(name, SHIPPED_ALONE)
    assert terms
    for code, term in terms.items():
        assert code == term.code == code.lower()
        assert term.label
        assert term.delivered == term.delivered.lower()


def test_every_vocabulary_is_used_and_nothing_identifying_is_a_column() -> None:
    columns = [column for feed in FEEDS for column in load_contract(feed, SHIPPED_ALONE).columns]
    assert {column.vocabulary for column in columns if column.vocabulary} <= set(VOCABULARIES)
    named = {column.name for column in columns}
    assert not named & {
        "surname",
        "forename",
        "first_name",
        "last_name",
        "dob",
        "date_of_birth",
        "address",
        "postcode",
        "sex",
    }


def test_a_contract_in_the_data_directory_takes_the_shipped_ones_place(village: Village) -> None:
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    asks_more = INCIDENTS.replace('name = "record_source"\n', 'name = "record_source"\nrequired = true\n', 1)
    assert load_contract("incidents", own(village, asks_more)).column("record_source").required
    with pytest.raises(ContractError, match="lacks the required columns record_source"):
        village.build()


def test_a_feed_of_the_partnerships_own_is_known_and_kept(village: Village) -> None:
    own(village, MEETINGS.replace('feed = "meetings"', 'feed = "walkabouts"'), "walkabouts")
    assert "walkabouts" in feeds(village.settings)
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.deliver("walkabouts", "locality,met_on\nwest,2024-01-10\n", delivered_on="2024-01-11")
    assert village.build().tallies["walkabouts"] == {"read": 1, "counted": 1}


UNSOUND = {
    "a feed by another name": (INCIDENTS.replace('feed = "incidents"', 'feed = "events"'), "feed must be incidents"),
    "a column lost": (INCIDENTS.replace('name = "age_band"', 'name = "age"', 1), "keep the columns age_band with"),
    "a column of another type": (
        INCIDENTS.replace('name = "beat_code"\ntype = "ref"', 'name = "beat_code"\ntype = "text"'), "columns beat_code"),
    "another kind": (
        INCIDENTS.replace('kind = "records"', 'kind = "register"').replace("kept = false\n", ""),
        "must keep kind records as shipped"),
    "a column counted by and not kept": (
        INCIDENTS.replace('name = "proactive"\n', 'name = "proactive"\nkept = false\n'), "must keep the columns proactive"),
    "a column looked into and not kept": (
        INCIDENTS.replace('name = "beat_code"\n', 'name = "beat_code"\nkept = false\n'), "beat_code: only codes and"),
    "a column twice": (INCIDENTS + '\n[[columns]]\nname = "lat"\ntype = "number"\nmeaning = "m"\n', "a column stands twice"),
    "a key it does not have": (INCIDENTS.replace('key = ["record_ref"]', 'key = ["nothing"]'), "does not have: nothing"),
    "a code of no vocabulary": (INCIDENTS.replace('vocabulary = "certainty"\n', ""), "certainty: a code names a vocabulary"),
    "a vocabulary that is not there": (
        INCIDENTS.replace('vocabulary = "certainty"', 'vocabulary = "sureness"'), "sureness.csv: no such vocabulary"),
    "a type nobody knows": (INCIDENTS.replace('type = "date"', 'type = "day"', 1), "columns.1.type"),
    "a key nobody knows": ("secret = 1\n" + INCIDENTS, "incidents.toml: secret: "),
    "no TOML": ("feed = ", "incidents.toml: is not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("what", UNSOUND)
def test_a_contract_that_is_not_sound_is_refused_with_its_file_and_key(village: Village, what: str) -> None:
    text, says = UNSOUND[what]
    assert text != INCIDENTS
    with pytest.raises(SettingsError) as wrong:
        load_contract("incidents", own(village, text))
    assert says in str(wrong.value)


def test_a_partnership_may_keep_what_is_shipped_as_checked_and_not_kept(village: Village) -> None:
    keeps_all = load_contract("incidents", own(village, INCIDENTS.replace("kept = false\n", "")))
    assert all(column.kept for column in keeps_all.columns)


def test_the_columns_of_a_register_are_all_kept(village: Village) -> None:
    actions = (SHIPPED / "contracts" / "actions.toml").read_text(encoding="utf-8")
    with pytest.raises(SettingsError, match=r"actions.toml: .*every column of a register is kept"):
        load_contract(
            "actions", own(village, actions.replace('name = "status"\n', 'name = "status"\nkept = false\n'), "actions")
        )


def _read_somewhere(column: str) -> bool:
    questions = (SHIPPED.parent / "pipelines" / "intake" / "sql").glob("*.sql")
    return any(re.search(rf"\b{re.escape(column)}\b", file.read_text(encoding="utf-8")) for file in questions)


@pytest.mark.parametrize("feed", ["incidents", "missing_episodes", "weapon_in_school_reports"])
def test_of_a_record_only_what_some_question_reads_is_kept(feed: str, village: Village) -> None:
    columns = [one for one in load_contract(feed, SHIPPED_ALONE).columns if one.type in ("code", "yes_no", "yes_no_unknown")]
    left_out = {one.name for one in columns if not one.kept}
    assert left_out
    assert {one.name for one in columns if one.kept and not _read_somewhere(one.name)} == set()
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    held = village.ask(f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{feed}'")["column_name"]
    assert left_out & set(held) == set()


def test_what_is_not_kept_is_checked_like_everything_else(village: Village) -> None:
    village.deliver(
        "incidents", "record_ref,occurred_from,harm_type,easting_m,northing_m,certainty\n"
        "r1,2024-01-10,knife_crime,400500,300500,fact\nr2,2024-01-10,knife_crime,400500,300500,gossip\n",
        covers=("2024-01-01", "2024-01-31"), delivered_on="2024-02-05",
    )  # fmt: skip
    assert village.build().tallies["incidents"] == {"read": 2, "counted": 1, "rejected": 1}
    reasons = village.ask("SELECT reason FROM tallies WHERE fate = 'rejected'")["reason"].tolist()
    assert reasons == ["unknown_code:certainty"]


def test_a_register_without_a_key_is_refused(village: Village) -> None:
    with pytest.raises(SettingsError, match=r"meetings.toml: .*a register has a key"):
        load_contract("meetings", own(village, MEETINGS.replace('key = ["locality", "met_on"]', ""), "meetings"))


def test_a_feed_without_a_contract_is_a_fault_of_the_settings(village: Village) -> None:
    with pytest.raises(SettingsError, match=r"gossip.toml: cannot be read"):
        load_contract("gossip", village.settings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code,label\na,A\n", "must have the columns code, in_scope, label, polarity, source and at least one row"),
        ("code,label,in_scope,polarity,source\n", "and at least one row"),
        ("code,label,in_scope,polarity,source\na,A,true,harm,x\na,B,true,harm,x\n", "a code stands twice"),
    ],
)
def test_a_vocabulary_that_is_not_sound_is_refused(village: Village, text: str, says: str) -> None:
    folder: Path = village.data_dir / "reference"
    folder.mkdir()
    (folder / "certainty.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"certainty.csv: ") as wrong:
        load_contract("incidents", village.settings)
    assert says in str(wrong.value)


def test_a_policy_that_maps_harm_nobody_knows_or_that_is_out_of_scope_stops_the_build(village: Village) -> None:
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    shipped = (SHIPPED / "policy.toml").read_text(encoding="utf-8")
    for word, says in (("knife_crimee", "no such harm type"), ("cse_online", "out of scope, so never mapped")):
        (village.data_dir / "policy.toml").write_text(shipped.replace('"knife_crime"', f'"{word}"'), encoding="utf-8")
        with pytest.raises(SettingsError, match=f"policy.toml: harm_groups: {word}: {says}"):
            village.build()
