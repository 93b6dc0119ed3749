"""What may say who a person is never comes in: by its header, and by what a column holds."""

import random
import string
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from villages import Village

from pipelines.errors import ContractError, SettingsError
from pipelines.intake.check import check_file, letter
from pipelines.intake.contract import Column, Contract, feeds, load_contract
from pipelines.intake.identifying import KINDS, is_judged, nhs_passes, odd_sql, says_who, upn_passes
from pipelines.intake.ingest import in_words
from pipelines.intake.judging import Judged, Seen, at_least, judge, seen_sql
from pipelines.settings import SHIPPED, Settings

AS_AT = date(2024, 2, 5)
COVERS = ("2024-01-01", "2024-01-31")
REST = "2024-01-10,knife_crime,400500,300500"
HEADER = "record_ref,occurred_from,harm_type,easting_m,northing_m"
SHIPPED_ALONE = Settings(SHIPPED / "none")
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def column(kind: str = "pseudonym", **more: Any) -> Column:
    return Column(name="c", type=kind, meaning="m", **{"private": True, **more})  # type: ignore[arg-type]


def look(values: list[str | None], one: Column | None = None) -> tuple[Judged, int]:
    """What is said of a column, and how many of its rows are rejected."""
    one = one or column()
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE held AS SELECT unnest($values) AS value", {"values": values})
        found = connection.execute(seen_sql("SELECT * FROM held", "value", odd_sql(one, "raw", as_at=AS_AT))).fetchall()
    seen = [Seen.of(row, []) for row in found]
    judged = judge("c", seen)
    lost = sum(group.rows for group in seen if group.odd and group.odd not in judged.cleared)
    return judged, lost


def holds(sql: str, text: str) -> bool:
    with duckdb.connect() as connection:
        row = connection.execute(f"SELECT {sql} FROM (SELECT ? AS it)", [text]).fetchone()
    return bool(row and row[0])


# --- by name --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    ["name", "Name", "child name", "Child's name", "ChildName", "childname", "Victim_Surname", "Forename 1", "first-name",
     "DOB ", "D.O.B.", "dob1", "date_of_birth", "Date of Birth", "dateOfBirth", "child_dob", "YOB", "NHS No.", "NHSNumber",
     "nhs_number", "UPN", "Unique Pupil Number", "NI Number", "National Insurance No", "Address", "Home Address",
     "Address line 1", "Post Code", "POSTCODE", "child postcode", "Ethnicity", "Ethnic group", "sex", "Sex of child",
     "Gender",
     "E-mail", "email address", "Phone", "Mobile No.", "Parent Telephone", "Tel", "Driving licence", "PNC ID", "Cyfenw",
     "Préferred name", "Religion", "initials"],
)  # fmt: skip
def test_a_header_that_says_who_is_known_however_it_is_spelt(header: str) -> None:
    assert says_who(header)


@pytest.mark.parametrize(
    "header",
    ["URN", "Crime reference", "Date from", "Date of event", "X", "Person ID", "Child ref", "pseudonym", "Place name",
     "Agency name", "Sex offence type", "Beat", "Locality", "harm_type", "Age band", "filename", "NHS trust", "", " ",
     "12"],
)  # fmt: skip
def test_a_header_that_says_no_more_than_what_or_where_is_let_be(header: str) -> None:
    assert not says_who(header)


def test_no_shipped_contract_asks_who_and_a_name_is_one_of_a_place_or_a_term() -> None:
    asked = {(feed, one.name) for feed in feeds(SHIPPED_ALONE) for one in load_contract(feed, SHIPPED_ALONE).columns}
    assert {(feed, name) for feed, name in asked if says_who(name)} == {("boundaries", "name"), ("terms", "name")}


def mapping(village: Village, text: str) -> None:
    (village.data_dir / "columns").mkdir(exist_ok=True)
    (village.data_dir / "columns" / "incidents.toml").write_text(text, encoding="utf-8")


def test_a_column_that_says_who_is_refused_and_can_never_be_mapped(village: Village) -> None:
    village.incidents(f"Canaryson,{REST},x", header=f"Child name,{HEADER.partition(',')[2]},weather")
    with pytest.raises(ContractError) as wrong:
        village.build()
    assert "columns that say who a person is and are not accepted: Child name. Nothing was read" in str(wrong.value)
    assert "they can never be mapped" in str(wrong.value)
    assert "columns that are not accepted: weather." in str(wrong.value)
    mapping(village, '[columns]\n"Child name" = "record_ref"\n')
    with pytest.raises(
        ContractError, match=r"columns/incidents.toml: Child name: says who a person is and can never be mapped"
    ):
        village.build()


CONTRACT = """
feed = "walks"
title = "Walks"
grain = "one row per walk"
kind = "register"
key = ["walk_ref"]
[[columns]]
name = "walk_ref"
type = "ref"
required = true
meaning = "Its reference."
[[columns]]
name = "{name}"
type = "{type}"
meaning = "Something."
"""


def own_feed(village: Village, name: str, kind: str) -> None:
    (village.data_dir / "contracts").mkdir(exist_ok=True)
    (village.data_dir / "contracts" / "walks.toml").write_text(CONTRACT.format(name=name, type=kind), encoding="utf-8")


@pytest.mark.parametrize("name", ["surname", "date_of_birth", "name", "nhs_number"])
def test_no_contract_of_a_partnerships_own_can_ask_who(village: Village, name: str) -> None:
    own_feed(village, name, "text")
    with pytest.raises(SettingsError, match=rf"walks.toml: {name}: says who a person is, which no contract may ask"):
        load_contract("walks", village.settings)


# --- what the identifiers are ----------------------------------------------------------------------------------


def an_nhs_number(draw: random.Random) -> str:
    while True:
        first = [draw.choice([4, 6, 7, 9]), *(draw.randrange(10) for _ in range(8))]
        check = -sum((10 - at) * digit for at, digit in enumerate(first)) % 11
        if check < 10:
            return "".join(map(str, [*first, check]))


def a_upn(draw: random.Random) -> str:
    digits = [draw.randrange(10) for _ in range(12)]
    return UPN_LETTERS[sum(at * digit for at, digit in enumerate(digits, 2)) % 23] + "".join(map(str, digits))


def a_nino(draw: random.Random) -> str:
    pair = draw.choice("ABCEGHJKLMNPRSTWXYZ") + draw.choice("ABCEGHJKLMNPRSTWXYZ")
    return f"{pair}{draw.randrange(10**6):06d}{draw.choice('ABCD')}"


def a_postcode(draw: random.Random) -> str:
    end = f"{draw.randrange(10)}{draw.choice('ABDEFGHJ')}{draw.choice('LNPQRSTU')}"
    return f"{draw.choice(['B', 'BS', 'WV', 'SW'])}{draw.randrange(1, 20)}{end}"


def a_birth_date(draw: random.Random) -> date:
    return AS_AT - timedelta(days=draw.randrange(6 * 366, 24 * 365))


def a_name(draw: random.Random) -> str:
    return "".join(
        draw.choice(["Ka", "lo", "Mi", "ren", "Su", "dal", "vi", "Tor"]) for _ in range(draw.randrange(2, 5))
    ).title()


PLANTED: dict[str, Callable[[random.Random], str]] = {
    "nhs_number": an_nhs_number,
    "nhs_number in threes": lambda draw: (lambda n: f"{n[:3]} {n[3:6]} {n[6:]}")(an_nhs_number(draw)),
    "nhs_number with dashes": lambda draw: (lambda n: f"{n[:3]}-{n[3:6]}-{n[6:]}")(an_nhs_number(draw)),
    "upn": a_upn,
    "nino": a_nino,
    "nino in pairs": lambda draw: (lambda n: f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:8]} {n[8]}")(a_nino(draw)),
    "postcode": a_postcode,
    "postcode with a space": lambda draw: (lambda n: f"{n[:-3]} {n[-3:]}")(a_postcode(draw)).lower(),
    "mobile": lambda draw: f"07700900{draw.randrange(1000):03d}",
    "mobile from abroad": lambda draw: f"+44 7700 900{draw.randrange(1000):03d}",
    "phone": lambda draw: f"01{draw.randrange(10**9):09d}",
    "phone without its nought": lambda draw: f"7{draw.randrange(10**8, 10**9)}",
    "phone with brackets": lambda draw: f"(0117) 496 {draw.randrange(1000):04d}",
    "email": lambda draw: f"{a_name(draw)}{draw.randrange(99)}@example.org",
    "date_of_birth": lambda draw: f"{a_birth_date(draw):%Y-%m-%d}",
    "date_of_birth in British": lambda draw: f"{a_birth_date(draw):%d/%m/%Y}",
    "date_of_birth in words": lambda draw: f"{a_birth_date(draw):%d-%b-%Y}",
    "birth_digits": lambda draw: f"{a_birth_date(draw):%Y%m%d}",
    "driving_licence": lambda draw: f"{a_name(draw).upper()[:4]:9<5}{draw.randrange(10)}05{draw.randrange(10, 29)}"
                                    f"{draw.randrange(10)}AB9CD",
    "name": a_name,
    "name in two": lambda draw: f"{a_name(draw)}-{a_name(draw)}",
    "name of a person": lambda draw: f"{a_name(draw)} O’{a_name(draw)}",
}  # fmt: skip


def planted(kind: str, rows: int, seed: int) -> list[str | None]:
    draw = random.Random(seed)
    return [PLANTED[kind](draw) for _ in range(rows)]


def test_the_check_digits_are_those_of_the_published_examples() -> None:
    """NHS Data Dictionary's 943 476 5919; the DfE guide's form of a pupil number, B801200005001 of python-stdnum."""
    assert holds(nhs_passes("it"), "9434765919")
    assert not holds(nhs_passes("it"), "9434765918")
    assert holds(upn_passes("it"), "B801200005001")
    assert not holds(upn_passes("it"), "A801200005001")


@pytest.mark.parametrize("kind", PLANTED)
@settings(max_examples=4, deadline=None)
@given(rows=st.integers(15, 120), seed=st.integers(0, 10**6), blanks=st.integers(0, 50))
def test_a_column_of_any_kind_is_always_refused(kind: str, rows: int, seed: int, blanks: int) -> None:
    judged, lost = look([*planted(kind, rows, seed), *[None] * blanks])
    assert judged.refused
    assert f"of its {rows} values" in judged.refused[0]
    assert lost >= rows * 0.5


@pytest.mark.parametrize("kind", PLANTED)
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_tenth_of_a_kind_among_one_way_references_is_always_refused(kind: str, seed: int) -> None:
    sound = [uuid.UUID(int=random.Random(seed + at).getrandbits(128)).hex for at in range(400)]
    judged, _ = look([*sound, *planted(kind, 40, seed)])
    assert judged.refused


def serials(draw: random.Random, width: int, step: int, rows: int) -> list[str]:
    start = draw.randrange(10**width // 10, 10**width - rows * step)
    return [f"{start + at * step:0{width}d}" for at in range(rows)]


def letters_and_digits(draw: random.Random, letters: str, length: int, rows: int) -> list[str]:
    return ["".join(draw.choice(letters) for _ in range(length)) for _ in range(rows)]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    rows=st.integers(1, 300),
    form=st.sampled_from(
        ["serial", "padded", "random number", "prefixed", "suffixed", "uuid", "hex", "base36", "base64url"]
    ),
    width=st.integers(6, 16),
    step=st.sampled_from([1, 2, 7, 10, 11]),
)
def test_a_column_of_serials_or_one_way_references_is_never_refused(
    seed: int, rows: int, form: str, width: int, step: int
) -> None:
    draw = random.Random(seed)
    made = {
        "serial": lambda: serials(draw, width, step, rows),
        "padded": lambda: [one.rjust(width + 2, "0") for one in serials(draw, width, step, rows)],
        "random number": lambda: letters_and_digits(draw, string.digits, width, rows),
        "prefixed": lambda: [f"INC-{one}" for one in serials(draw, width, step, rows)],
        "suffixed": lambda: [f"RF{one}A" for one in serials(draw, 6, step, rows)],
        "uuid": lambda: [str(uuid.UUID(int=draw.getrandbits(128))) for _ in range(rows)],
        "hex": lambda: letters_and_digits(draw, "0123456789abcdef", width, rows),
        "base36": lambda: letters_and_digits(draw, string.ascii_lowercase + string.digits, max(8, width), rows),
        "base64url": lambda: letters_and_digits(draw, string.ascii_letters + string.digits + "-_", max(20, width), rows),
    }[form]()
    judged, lost = look([*made])
    assert not judged.refused
    assert lost <= max(4, 0.02 * rows)


def test_ten_digit_serials_that_pass_for_nhs_numbers_by_chance_lose_no_row() -> None:
    judged, lost = look([f"{6_100_000_000 + 37 * at}" for at in range(3000)])
    assert judged.refused == ()
    assert lost == 0
    assert "nhs_number?10" in judged.cleared


@pytest.mark.parametrize("start", [7_200_000_000, 1_300_000_000])
def test_a_serial_that_begins_as_phone_numbers_do_lies_side_by_side_and_is_none(start: int) -> None:
    assert look([f"{start + at}".rjust(11 if start < 2e9 else 10, "0") for at in range(300)])[0].refused == ()


def test_words_for_not_known_are_faults_of_their_rows_and_no_names() -> None:
    judged, lost = look([*(f"c{at}" for at in range(50)), "Unknown", "NULL", "n/a", "not known", "TBC"])
    assert judged.refused == ()
    assert lost == 5


def test_a_public_places_code_may_have_no_digit() -> None:
    assert look(["old-docks", "park", "green"], column("ref", private=False)) == (Judged((), frozenset()), 0)


def test_a_number_without_a_maximum_is_judged_and_one_with_a_maximum_needs_no_judging() -> None:
    numbers = planted("nhs_number", 40, 3)
    assert look(numbers, column("number")).__getitem__(0).refused
    assert look(["12", "250", "1804"], column("integer")) == (Judged((), frozenset()), 0)
    assert not is_judged(column("number", maximum=700000))


def test_every_number_of_a_record_feed_has_a_maximum_that_no_identifier_is_under() -> None:
    for feed in feeds(SHIPPED_ALONE):
        contract = load_contract(feed, SHIPPED_ALONE)
        if contract.kind == "records":
            assert all(one.maximum and one.maximum < 10**8 for one in contract.columns if one.type in ("number", "integer"))


@pytest.mark.parametrize(
    ("passing", "tried", "chance", "likely"), [(5, 5, 1 / 11, 6.209e-6), (1, 1, 0.1, 0.1), (0, 9, 0.1, 1.0)]
)
def test_how_likely_chance_is_follows_the_binomial(passing: int, tried: int, chance: float, likely: float) -> None:
    assert at_least(passing, tried, chance) == pytest.approx(likely, rel=1e-3)


@settings(max_examples=60, deadline=None)
@given(tried=st.integers(61, 400), share=st.floats(0.2, 1))
def test_the_bound_for_many_is_never_below_the_binomial(tried: int, share: float) -> None:
    from scipy.stats import binom

    passing = int(tried * share)
    assert at_least(passing, tried, 0.1) >= binom.sf(passing - 1, tried, 0.1) - 1e-300


# --- at the door itself ----------------------------------------------------------------------------------------


def delivered(village: Village, refs: list[str], *, column: str = "record_ref", more: list[str] | None = None) -> Any:
    rest = [f"{REST},{one}" if column == "child_ref" else REST for one in refs]
    own = [f"q{at}" for at in range(len(refs))] if column == "child_ref" else refs
    header = f"{HEADER},child_ref" if column == "child_ref" else HEADER
    return village.incidents(*(f'"{one}",{tail}' for one, tail in zip(own, rest, strict=True)), *(more or []), header=header)


@pytest.mark.parametrize("where", ["record_ref", "child_ref"])
@pytest.mark.parametrize(
    "kind", ["nhs_number", "email", "postcode with a space", "name of a person", "date_of_birth in British"]
)
def test_build_and_check_refuse_the_file_alike_and_neither_quotes_a_value(
    village: Village, kind: str, where: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    values = [str(one) for one in planted(kind, 12, 5)]
    file = delivered(village, values, column=where)
    found = check_file(file, village.settings, feed=None, as_at=AS_AT, working=village.data_dir / "working")
    with pytest.raises(ContractError) as wrong:
        village.build()
    [said] = [one for one in wrong.value.faults if "what look like" in one]
    assert said in found.refused
    assert said.startswith(f"incidents/delivery.csv: {where} holds what look like {KINDS[kind.split()[0]].words} in ")
    assert "(rows 2, 3, 4, 5, 6 and more)" in said
    told = (
        letter([found], partnership="Two Ends") + str(wrong.value) + str(found) + caplog.text + "".join(capfd.readouterr())
    )
    assert not [one for one in values if one in told]
    assert not village.settings.warehouse.exists()


def test_one_identifier_in_a_sound_column_is_a_row_rejected_for_it_and_counted(village: Village) -> None:
    [number] = planted("nhs_number", 1, 9)
    file = delivered(village, [*(f"ref-{at}" for at in range(30)), str(number), "Kalora"])
    assert village.build(AS_AT).tallies["incidents"] == {"read": 32, "counted": 30, "rejected": 2}
    reasons = village.ask("SELECT reason, row_count FROM tallies WHERE fate = 'rejected' ORDER BY reason")
    assert reasons["reason"].tolist() == ["identifying:record_ref:name", "identifying:record_ref:nhs_number"]
    found = check_file(file, village.settings, feed=None, as_at=AS_AT, working=village.data_dir / "working")
    assert {fault.code: fault.first_rows for fault in found.faults} == {
        "identifying:record_ref:nhs_number": (32,),
        "identifying:record_ref:name": (33,),
    }
    assert in_words("identifying:record_ref:nhs_number") == "record_ref holds what may identify a person (NHS numbers)"


def test_rows_are_numbered_with_the_broken_ones_before_them(village: Village) -> None:
    values = [str(one) for one in planted("email", 6, 1)]
    rows = [f"r1,{REST},x,y", *(f"{one},{REST}" for one in values)]
    village.incidents(*rows)
    with pytest.raises(ContractError, match=r"in 6 of its 6 values \(rows 3, 4, 5, 6, 7 and more\)"):
        village.build()


def test_the_broken_rows_of_a_file_read_more_than_once_are_counted_once_and_for_no_other_file(village: Village) -> None:
    serials = [f"{6_100_000_000 + 37 * at},{REST}" for at in range(40)]
    village.incidents(*serials, f"r1,{REST},x", name="a.csv")
    village.incidents(*(f"s{at},{REST}" for at in range(20)), name="b.csv")
    village.build(AS_AT)
    found = village.ask("SELECT rows_read, broken_rows FROM deliveries ORDER BY name")
    assert found.to_dict("list") == {"rows_read": [41, 20], "broken_rows": [1, 0]}


def test_serials_that_chance_accounts_for_are_kept_with_no_mark_left_on_them(village: Village) -> None:
    delivered(village, [f"{6_100_000_000 + 37 * at}" for at in range(300)], column="child_ref")
    assert village.build(AS_AT).tallies["incidents"] == {"read": 300, "counted": 300}


def test_a_column_of_birth_dates_is_refused_whichever_column_it_is_in(village: Village) -> None:
    births = [f"{a_birth_date(random.Random(at)):%Y-%m-%d}" for at in range(30)]
    header = "record_ref,occurred_from,occurred_to,harm_type,easting_m,northing_m"
    rows = [f"r{at},2024-01-10,{born},knife_crime,400500,300500" for at, born in enumerate(births)]
    file = village.incidents(*rows, header=header)
    with pytest.raises(ContractError, match=r"occurred_to holds what look like dates of birth in 30 of its 30 values"):
        village.build()
    found = check_file(file, village.settings, feed=None, as_at=AS_AT, working=village.data_dir / "working")
    assert [one for one in found.refused if "occurred_to holds what look like dates of birth in 30 of its 30" in one]
    village.incidents(*(f"r{at},{born},knife_crime,400500,300500" for at, born in enumerate(births)))
    with pytest.raises(
        ContractError, match=r"occurred_from holds .*\(rows 2, 3, 4, 5, 6 and more\).*correct covers_from"
    ) as wrong:
        village.build()
    assert not [one for one in births if one in str(wrong.value)]


def test_a_few_harms_of_long_ago_are_no_birth_dates(village: Village) -> None:
    old = [f"o{at},2014-0{at + 1}-10,knife_crime,400500,300500" for at in range(6)]
    village.incidents(*old, *(f"r{at},{REST}" for at in range(20)))
    assert village.build(AS_AT).tallies["incidents"]["counted"] == 20


IN_TEXT = {
    "Ring Canary on canary.bird@example.org": "email",
    "Call 07700 900123 about it": "mobile",
    "Call +44 (0)117 496 0123": "mobile",
    "Lives near BS1 3XX": "postcode",
    "lives near bs1 3xx": "postcode",
    "Her number is 943 476 5919": "nhs_number",
    "Pupil B801200005001 was there": "upn",
    "NI QQ 12 34 56 C": "nino",
    "The lad, born 14/03/2009, leads": "date_of_birth",
    "DOB: 14 March 2009": "date_of_birth",
    "Licence MORGA657054SM9IJ seen": "driving_licence",
}
LET_BE = [
    "Lighting by the M4 2nd junction and the A38 is poor", "Reviewed on 14/03/2024 by 12 people",
    "The project was born in 2010",
    "Youth club open 16:00-19:30, 250 visits", "Year 9s from 3 schools", "1234567890 steps were counted", "Room B12 at 9am",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), IN_TEXT.items())
def test_a_register_row_whose_text_holds_an_identifier_is_rejected_for_it(village: Village, text: str, kind: str) -> None:
    assert text_oddity(text, "text") == kind


@pytest.mark.parametrize("text", LET_BE)
def test_an_ordinary_sentence_is_let_be(text: str) -> None:
    assert text_oddity(text, "text") is None


def test_a_title_and_a_name_are_no_role_and_a_sentence_may_hold_them(village: Village) -> None:
    assert text_oddity("Mrs Kalora", "name") == "name"
    assert text_oddity("Youth Work Lead", "name") is None
    assert text_oddity("Mrs Kalora", "text") is None


def text_oddity(text: str, kind: str) -> Any:
    with duckdb.connect() as connection:
        row = connection.execute(
            f"SELECT {odd_sql(column(kind), 'raw', as_at=AS_AT)} FROM (SELECT ? AS raw)", [text]
        ).fetchone()
    return row[0] if row else None


def test_a_register_keeps_its_sound_rows_and_counts_the_others(village: Village) -> None:
    village.incidents(f"r1,{REST}")
    header = "place_id,judged_on,value,role,reason"
    rows = ["B01,2024-01-10,red,Chair,Ring 07700 900123", "B02,2024-01-10,red,Chair,It is dark there"]
    village.deliver("rag_judgements", "\n".join([header, *rows]) + "\n", delivered_on="2024-02-05")
    village.build()
    assert village.ask("SELECT place_id, reason, fault FROM rag_judgements ORDER BY place_id").fillna("").to_dict(
        "list"
    ) == {
        "place_id": ["B01", "B02"],
        "reason": ["", "It is dark there"],
        "fault": ["identifying:reason:mobile", ""],
    }


def test_the_demo_town_holds_nothing_that_identifies(larkhaven: Any) -> None:
    with duckdb.connect(str(Settings(larkhaven).warehouse), read_only=True) as warehouse:
        for (feed,) in warehouse.execute("SELECT DISTINCT feed FROM deliveries").fetchall():
            found = warehouse.execute(f"SELECT count(*) FROM {feed} WHERE fault LIKE 'identifying%'").fetchone()
            assert found == (0,), feed


def test_a_public_feed_is_everybodys_already_and_not_looked_into() -> None:
    from pipelines.intake.checks import rules

    contract: Contract = load_contract("police_uk", SHIPPED_ALONE)
    present = {one.name for one in contract.columns}
    found = rules(contract, present, as_at=AS_AT, extent=None, extent_degrees=None, longest_range_days=366)
    assert not [rule for rule in found if rule.reason == "identifying"]
