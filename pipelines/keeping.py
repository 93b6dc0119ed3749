"""The commands that keep the access table: who is let in, and as what."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from pipelines import access as table
from pipelines.command import DEFAULT_DATA_DIR, AsJson, DataDir, answer, on_trail
from pipelines.settings import Settings

access = typer.Typer(no_args_is_help=True, help="Who may see what once they have signed in.")

Subject = Annotated[str, typer.Option("--subject", help="What the identity provider calls the person for good (`sub`).")]
Issuer = Annotated[str, typer.Option("--issuer", help="The provider's own address (`iss`); default: the one set up.")]


@access.command()
def grant(
    subject: Subject,
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(table.ROLES)}.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day it holds.")],
    granted_by: Annotated[str, typer.Option(help="The role that says so, never a person.")],
    locality: Annotated[list[str] | None, typer.Option(help="A locality's id; give it again for a second one.")] = None,
    audience: Annotated[str | None, typer.Option(help="Less than the role is shown: `own locality` or `board`.")] = None,
    issuer: Issuer = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Let somebody in, in place of whatever was said of them before."""
    settings = Settings(data_dir)
    made = table.grant(
        data_dir, settings.partnership, settings.policy, subject=subject, role=role, until=until.date(),
        granted_by=granted_by, localities=locality or (), audience=audience, issuer=issuer, at=datetime.now(UTC),
    )  # fmt: skip
    said = {"role": made.role, "until": made.until.isoformat()}
    on_trail(data_dir, "access_grant", said, role=made.granted_by, permission=made.id)
    answer(as_json, asdict(made), f"{made.id}: {_in_words(made)}")


@access.command()
def revoke(
    subject: Subject,
    revoked_by: Annotated[str, typer.Option(help="The role that says so, never a person.")],
    issuer: Issuer = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Let somebody in no longer, from the next thing they press on."""
    made = table.revoke(
        data_dir, Settings(data_dir).partnership, subject=subject, revoked_by=revoked_by, issuer=issuer, at=datetime.now(UTC)
    )
    on_trail(data_dir, "access_revoke", role=made["revoked_by"], permission=made["id"])
    answer(as_json, {"subject": subject, "revoked": True}, "They are let in no longer, from the next thing they press on")


@access.command("list")
def list_access(
    past: Annotated[bool, typer.Option("--past", help="Those whose access ended as well.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Say who is let in, as what, and until when."""
    today = datetime.now(UTC).astimezone().date()
    found = [one for one in table.read(data_dir).values() if one and (past or one.until >= today)]
    lines = [f"{one.id}  {_in_words(one)}{_ended(one, today)}" for one in found]
    answer(as_json, [asdict(one) for one in found], "\n".join(lines) or "Nobody is let in by the access table.")


def _in_words(one: table.Grant) -> str:
    where = f" of {', '.join(one.localities)}" if one.localities else ""
    return f"{one.subject} is {one.role}{where}, shown {one.audience}, until {one.until}; granted by {one.granted_by}"


def _ended(one: table.Grant, today: date) -> str:
    return " (ended)" if one.until < today else ""
