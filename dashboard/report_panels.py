"""Pieces of the Reports page that carry data, as HTML: everything that is not written here is escaped here."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from dashboard import registers
from dashboard.report.permissions import Permission
from dashboard.report.readiness import Check
from dashboard.reporting import Preview
from dashboard.wording import reports_page as words


def checklist(checks: Sequence[Check]) -> str:
    """Each check with its mark, its word and what was found."""
    rows = [(check.what, registers.Drawn(_mark(check.well)), check.said) for check in checks]
    table = registers.rich_table(words.READY_CAPTION, words.READY_HEADS, rows)
    return registers.section(words.READY, table, words.READY_NOTE)


def _mark(well: bool) -> str:
    return f'<span class="sp-rep-mark{"" if well else " sp-rep-look"}">{escape(words.mark(well))}</span>'


def to_grant(why: str, command: str, approvers: Sequence[str]) -> str:
    """Why another permission is needed, who may approve one, and the command that writes it down."""
    code = f'<pre class="sp-rep-command">{escape(command)}</pre>'
    return f"{registers.paragraph(why)}{code}{registers.paragraph(words.approvers(approvers))}"


def refused(message: str) -> str:
    """Why something was not made, in the words of whoever refused it."""
    lines = "".join(f"<p>{escape(words.sentence(one))}</p>" for one in message.splitlines() if one.strip())
    return f'<section class="sp-rep-refused" role="alert"><h2>{escape(words.STOPPED)}</h2>{lines}</section>'


def issued(number: str) -> str:
    """That a document was issued, and under which number."""
    said = f"<strong>{escape(words.ISSUED.format(issue=number))}</strong> {escape(words.ISSUED_NOTE)}"
    return f'<p class="sp-rep-issued" role="status">{said}</p>'


def preview(made: Preview) -> str:
    """The pages as pictures, each saying what it is, and the headings in words for those who cannot see them."""
    holds = "".join(f"<li>{escape(one)}</li>" for one in made.headings)
    pages = "".join(
        f'<li><img alt="{escape(words.page_alt(number, len(made.pages)))}" '
        f'src="data:image/png;base64,{base64.b64encode(page).decode()}"></li>'
        for number, page in enumerate(made.pages, start=1)
    )
    told = registers.paragraph(words.preview_of(made.title, made.subtitle, len(made.pages)))
    outline = f"<details><summary>{escape(words.HOLDS)}</summary><ol>{holds}</ol></details>"
    return registers.section(words.PREVIEW, f'{told}{outline}<ol class="sp-rep-pages">{pages}</ol>', words.PREVIEW_NOTE)


def log(entries: Sequence[Mapping[str, Any]], known: Mapping[str, Permission], localities: Mapping[str, str]) -> str:
    """What was issued before, newest first."""
    if not entries:
        return registers.section(words.LOG, registers.paragraph(words.NOTHING_ISSUED))
    rows = [
        (str(one["issue"]), words.document(one["document"]), words.audience(one["audience"], localities),
         _leave(one["permission"], known), words.when(one["issued_at"]), str(one["by"]))
        for one in entries
    ]  # fmt: skip
    return registers.section(words.LOG, registers.rich_table(words.LOG_CAPTION, words.LOG_HEADS, rows), words.LOG_NOTE)


def _leave(permission_id: str, known: Mapping[str, Permission]) -> str:
    one = known.get(permission_id)
    return words.WITHDRAWN_SINCE.format(permission=permission_id) if one and one.withdrawn_on else permission_id
