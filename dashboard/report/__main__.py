"""`python -m dashboard.report`: make, permit and export documents. Launched by the `safer-places` command.

The one part of the reports that reads the clock; everything below is given the day and the time.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard import DATA_DIR_VARIABLE, DEFAULT_DATA_DIR
from dashboard.report import commands
from dashboard.report.asked import FORMATS, NEXT
from dashboard.report.permissions import DOCUMENTS
from pipelines.errors import HarmError


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and do it; an error made on purpose is one message and its own exit code."""
    asked = _parser().parse_args(arguments)
    asked.now = datetime.now(UTC)
    asked.today = asked.today or date.today()
    try:
        asked.run(asked)
    except HarmError as wrong:
        print(wrong, file=sys.stderr)
        return wrong.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboard.report", description="Make, permit and export documents.")
    kinds = parser.add_subparsers(required=True, metavar="document")
    pack = _document(kinds, "pack", "a locality's pack for its meeting")
    pack.add_argument("--locality", required=True, help="its name or its id")
    pack.add_argument("--meeting", required=True, type=_meeting, help="the day of the meeting, or `next`")
    minutes = _document(kinds, "minutes", "the minutes and action log of a locality's meeting")
    minutes.add_argument("--locality", required=True, help="its name or its id")
    minutes.add_argument("--meeting", required=True, type=_meeting, help="the day of the meeting, or `next`")
    brief = _document(kinds, "brief", "one page of one place, for a member to take back")
    brief.add_argument("--place", required=True, help="the id of the place")
    brief.add_argument("--agency", required=True, help="the agency whose member takes it back")
    fortnight = _document(kinds, "fortnight", "the fortnightly summary of activity")
    fortnight.add_argument("--to", dest="to_on", required=True, type=_day, help="the last day of the fortnight")
    board = _document(kinds, "board", "the report to the board")
    board.add_argument("--from", dest="first", required=True, type=_day, help="a day in the first quarter of the report")
    board.add_argument("--to", dest="last", required=True, type=_day, help="a day in the last quarter of the report")
    board.add_argument("--ask", dest="asks", action="append", default=[], help="what is asked of the board; may be repeated")
    export = _common(kinds.add_parser("export", help="a released table, with its dictionary"), commands.export)
    export.add_argument("table", help="which table; `list` names those of the audience")
    export.add_argument("--audience", required=True, help="manager, board, or meeting:<locality>")
    export.add_argument("--format", choices=("csv", "xlsx", "geojson"), default="csv")
    export.add_argument("--to", type=Path, help="the file; default: named by table and issue, in the data directory")
    _issued(export)
    _permissions(kinds)
    return parser


def _document(kinds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str) -> argparse.ArgumentParser:
    parser = _common(kinds.add_parser(name, help=about), commands.report)
    parser.set_defaults(document=name)
    parser.add_argument("--format", dest="formats", action="append", choices=FORMATS[name], help="default: all of them")
    parser.add_argument("--into", type=Path, help="the folder; default: `issued` in the data directory")
    _issued(parser)
    return parser


def _issued(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--permission", default="", help="the id of the permission; default: the locality's standing one")
    parser.add_argument("--by", default="Intelligence Investigator", help="the role that issues it (default: %(default)s)")


def _permissions(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    steps = kinds.add_parser("permission", help="give, list and withdraw permissions").add_subparsers(required=True)
    give = _common(steps.add_parser("grant"), commands.grant)
    give.add_argument("--for", dest="document", required=True, choices=DOCUMENTS)
    give.add_argument("--locality", default="", help="its name or its id; of a pack, minutes or a brief, or an export")
    give.add_argument("--audience", default="", help="of an export: manager, board (the default), or meeting:<locality>")
    for name in ("--approved-by", "--asked-by", "--recipients", "--purpose"):
        give.add_argument(name, required=True)
    give.add_argument("--from", dest="from_on", type=_day, required=True)
    give.add_argument("--until", dest="until_on", type=_day, required=True)
    give.add_argument("--standing", action="store_true", help="a locality's own pack, minutes or briefs, for one term")
    _common(steps.add_parser("list"), commands.list_permissions)
    take = _common(steps.add_parser("withdraw"), commands.withdraw)
    take.add_argument("id")
    take.add_argument("--by", required=True, help="a role that may approve")


def _common(parser: argparse.ArgumentParser, run: object) -> argparse.ArgumentParser:
    usual = os.environ.get(DATA_DIR_VARIABLE) or DEFAULT_DATA_DIR
    parser.add_argument("--data-dir", type=Path, default=Path(usual), help="the data directory (default: %(default)s)")
    parser.add_argument("--today", type=_day, help="the day this is done on; default: by the clock")
    parser.add_argument("--json", action="store_true", help="answer in JSON, for another program")
    parser.set_defaults(run=run)
    return parser


def _meeting(said: str) -> date | None:
    """A day; none for the next meeting there is."""
    return None if said.casefold() == NEXT else _day(said)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise argparse.ArgumentTypeError("write a day as 2026-10-07") from None


if __name__ == "__main__":
    sys.exit(main())
