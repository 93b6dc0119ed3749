"""The commands of the register store: record one thing, show what stands, templates to fill in, and conflicts."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.command import DEFAULT_DATA_DIR, AsJson, DataDir, answer, on_trail
from pipelines.record import (
    Entry,
    NotRecorded,
    RecordError,
    Screen,
    TextHeld,
    Wanted,
    erase,
    new_token,
    open_store,
    read_register,
    store_exists,
)
from pipelines.settings import Settings

register = typer.Typer(no_args_is_help=True, help="What meetings decide, recorded beside the files that are delivered.")

ANY_COLUMN = {"allow_extra_args": True, "ignore_unknown_options": True}
Feed = Annotated[str, typer.Argument(help="Which register: actions, rag_judgements, ...")]


def hook(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(register, name="register")
    app.command()(template)
    app.command()(conflicts)


@register.command(context_settings=ANY_COLUMN)
def add(
    context: typer.Context,
    feed: Feed,
    recorded_by: Annotated[str, typer.Option(help="The role that records, never a person.")],
    meeting: Annotated[str | None, typer.Option(help="Of which meeting: <locality>:<day>, as in north:2026-11-24.")] = None,
    entry: Annotated[str | None, typer.Option(help="Change this entry: its id; then only the columns that change.")] = None,
    to_steward: Annotated[bool, typer.Option(help="Words that may identify somebody go to the data steward.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Record one thing: each column as an option, `--place-id B01 --value red`. It enters the next build."""
    settings = Settings(data_dir)
    fields = _columns(context.args)
    _require_known(settings, feed, fields)
    locality, meeting_on = _meeting(settings, meeting)
    store = open_store(settings)
    wanted = Wanted(
        feed, fields, recorded_by, new_token(), locality, meeting_on, entry, seen=store.newest(), may_wait=to_steward
    )  # fmt: skip
    try:
        event = store.record(wanted, screen=_screen(settings), at=datetime.now().astimezone())
    except TextHeld as held:
        # Its author sits before this screen, and nobody else can help them write it again.
        words = ", ".join(f"{one.column}: {one.word!r} ({one.kind.replace('_', ' ')})" for one in held.found)
        raise RecordError(f"{held}. {words}") from None
    of = {"register": feed, "locality": locality or "", "meeting": str(meeting_on or "")}
    on_trail(data_dir, "correct" if entry else "record", of, role=recorded_by)
    said = {"number": event.number, "entry_id": event.entry_key, "fields": dict(event.fields)}
    answer(as_json, said, f"Recorded as number {event.number}, entry {event.entry_key}: it enters the next build")


@register.command()
def show(feed: Feed, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Show what stands of one register as recorded here, with corrections and updates applied. Files are not shown."""
    settings = Settings(data_dir)
    read_register(settings, feed)
    found = open_store(settings).current(feed) if store_exists(settings) else []
    rows = [{"entry_id": one.entry_key, "number": one.newest.number, "recorded_on": one.newest.recorded_on,
             "role": one.newest.role, "unseen": one.unseen, "fields": dict(one.fields)} for one in found]  # fmt: skip
    answer(as_json, rows, "\n".join(_in_words(one) for one in found) or "Nothing of it was recorded here.")


@register.command("erase")
def erase_words(
    numbers: Annotated[list[int], typer.Argument(help="The numbers of the events whose words are to be gone.")],
    approved_by: Annotated[str, typer.Option(help="One of the roles that approve, or their cover.")],
    reason: Annotated[str, typer.Option(help="Why, in words: it stays. Never the words that are erased.")],
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Destroy for ever words that should never have been recorded. Numbers, days and codes stay; for the data steward."""
    settings = Settings(data_dir)
    role = _approving(settings, approved_by)
    if not store_exists(settings):
        raise RecordError("nothing was ever recorded here, so there is nothing to erase")
    on_trail(data_dir, "erase", {"register": "record"}, role=role)
    did = erase(open_store(settings), numbers, approved_by=role, reason=reason, token=new_token(),
                screen=_screen(settings), at=datetime.now().astimezone())  # fmt: skip
    said, others = (", ".join(map(str, some)) for some in (did.events, did.also_in))
    by = f"number {did.said_by} says who approved it and why" if did.said_by else "they were before; the files are made anew"
    also = [f"The same words stand in number {others}: erase them too"] if others else []
    lines = [f"The words of number {said} are gone for ever: {by}", *also, *_copies(settings)]
    answer(as_json, asdict(did), "\n".join(lines))


def _approving(settings: Settings, said: str) -> str:
    """A role that may approve, as the partnership writes it. Raises RecordError for any other."""
    roles = settings.partnership.roles
    known = (*roles.approvers, *roles.cover)
    found = next((one for one in known if one.casefold() == " ".join(said.split()).casefold()), None)
    if found is None:
        raise RecordError(f"--approved-by: an erasure is approved by one of these roles: {', '.join(known)}")
    return found


def _copies(settings: Settings) -> list[str]:
    """Where else the words may stand: what was made of the store since."""
    frozen = sorted(one.name for one in (settings.data_dir / "meetings").glob("*.json"))
    return [
        "They may stand elsewhere too: publish anew and take away the snapshots made since; ask for documents issued since "
        "to be destroyed; backups keep them until they run out",
        *([f"Frozen meetings hold what was recorded at them: {', '.join(frozen)}"] if frozen else []),
    ]


def _in_words(entry: Entry) -> str:
    said = "; ".join(f"{name} {value or '(cleared)'}" for name, value in entry.fields.items())
    unseen = "  [two at once: look at its history]" if entry.unseen else ""
    return f"{entry.newest.number:>5}  {entry.entry_key}  {entry.newest.recorded_on}  {said}{unseen}"


def template(
    feed: Feed,
    file: Annotated[Path, typer.Argument(help="The workbook to write, *.xlsx.")],
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write a workbook to fill in for one register, with drop-downs; deliver it as it is under deliveries/<register>/."""
    from pipelines.record.template import write_template

    settings = Settings(data_dir)
    if file.suffix.lower() != ".xlsx":
        raise typer.BadParameter("name a file that ends in .xlsx", param_hint="FILE")
    places, localities = _places(settings)
    write_template(file, read_register(settings, feed), places=places, localities=localities)
    answer(as_json, {"file": str(file), "feed": feed}, f"{file}: fill in the first sheet, put it under deliveries/{feed}/")


def conflicts(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List where a file and a meeting say different things of one entry, and which stands. Private, of the last build."""
    from pipelines.intake.due import open_warehouse
    from pipelines.intake.ingest import in_words
    from pipelines.sqlfiles import run_sql

    settings = Settings(data_dir)
    with open_warehouse(settings, settings.warehouse.parent) as warehouse:
        found = run_sql(warehouse, "intake/listed_conflicts")
        names = [str(column[0]) for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    lines = []
    for row in rows:
        where = f"{row['feed']} {row['entry_id']} {row['place_id'] or ''}".rstrip()
        recorded = f"number {row['event_number']} of {row['recorded_on']:%d %B %Y}"
        if row["stands"] == "neither":
            lines.append(f"{where}: {recorded} is refused: {in_words(str(row['recorded']))}; record a correction")
            continue
        ours, theirs = (f" says {row[one] or 'nothing'}" if row[one] is not None else "" for one in ("recorded", "filed"))
        stands = "the file stands" if row["stands"] == "file" else "what was recorded stands"
        lines.append(f"{where}, {row['column_name']}: {recorded}{ours}, {row['delivery']}{theirs}; {stands}")
    answer(as_json, rows, "\n".join(lines) or "No file says anything else than what was recorded.")


def conflicts_in_words(counted: dict[str, int]) -> str:
    """What a build says of conflicts; empty where there are none."""
    said = ", ".join(f"{feed} {count}" for feed, count in counted.items())
    return f"Entries in dispute between files and meetings: {said}. safer-places conflicts lists them" if said else ""


def _columns(given: list[str]) -> dict[str, str]:
    """`--place-id B01` and `--place_id=B01` as columns. Raises BadParameter for what is neither."""
    found: dict[str, str] = {}
    rest = list(given)
    while rest:
        name, is_joined, value = rest.pop(0).partition("=")
        if not name.startswith("--") or (not is_joined and not rest):
            raise typer.BadParameter("each column is an option with its value: --place-id B01")
        column = name[2:].replace("-", "_")
        if column in found:
            raise typer.BadParameter(f"{column} is said twice")
        found[column] = value if is_joined else rest.pop(0)
    return found


def _meeting(settings: Settings, said: str | None) -> tuple[str | None, date | None]:
    if said is None:
        return None, None
    locality, _, day = said.partition(":")
    known = [one.id for one in settings.partnership.localities]
    try:
        if locality in known:
            return locality, date.fromisoformat(day)
    except ValueError:
        pass
    raise typer.BadParameter(f"is <locality>:<day>, the localities being {', '.join(known)}", param_hint="--meeting")


def _require_known(settings: Settings, feed: str, fields: dict[str, str]) -> None:
    """Raise NotRecorded for an area that is none of ours: the gate would leave the entry out without a word."""
    places, localities = _places(settings)
    known: dict[str, dict[str, str]] = {"place_id": places, "locality": localities, "lead_locality": localities,
                                        "shared_with": localities}  # fmt: skip
    strange = [name for name in fields if name in known and fields[name] and fields[name] not in known[name]]
    if strange:
        raise NotRecorded(feed, [(name, "is none of this partnership's areas") for name in strange])


def _places(settings: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """The places and localities there are, id -> name."""
    from pipelines.intake.places import read_versions

    versions = read_versions(settings, settings.partnership)
    mine = versions[versions["place_level"].isin(("beat", "place_of_concern"))]
    places = dict(sorted(zip(map(str, mine["place_id"]), map(str, mine["name"]), strict=True)))
    return places, {one.id: one.name for one in settings.partnership.localities}


def _screen(settings: Settings) -> Screen:
    """The gate's screen, with the names of this partnership's places, agencies and roles."""
    from pipelines.gate.screening import screen
    from pipelines.record.columns import read_choices

    areas, localities = _places(settings)
    words = {name: [one.label for one in read_choices(settings, name)] for name in ("place_name", "agency", "role")}
    partnership = settings.partnership
    places = [*areas, *areas.values(), *localities.values(), *words["place_name"], partnership.city.name]
    agencies = [*words["agency"], *words["role"]]
    return lambda text: screen(text, places=places, agencies=agencies)
