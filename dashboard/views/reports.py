"""The Reports page: choose a document, see whether it is ready and permitted, preview it, issue it, and what left before."""

from __future__ import annotations

import streamlit as st

from dashboard import access, reads, registers, report_choice, report_panels, reporting
from dashboard.report.asked import Wish
from dashboard.reporting import Preview
from dashboard.wording import reports_page as words

TITLE = words.TITLE
ISSUE = "reports:issue"
MADE, LEFT = "preview_of_report", "report_issued"  # kept for as long as the same document is chosen


def page() -> None:
    """Draw the page, for whoever may make a document."""
    snapshot = reads.current_snapshot(access.audience())
    st.html(registers.heading(words.TITLE, words.UNDER))
    if not reporting.documents():
        st.html(registers.paragraph(words.NOT_FOR_YOU))
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        wish = report_choice.choose(snapshot)
        role = report_choice.role()
    with right:
        try:
            permission = _ready_and_permitted(wish) if wish else ""
        except reporting.Refused as refused:
            st.html(report_panels.refused(str(refused)))
            permission = ""
    if wish:
        with left:
            _keys(wish, permission, role)
        _shown(wish)
    try:
        _log(snapshot)
    except reporting.Refused as refused:
        st.html(report_panels.refused(str(refused)))


def _ready_and_permitted(wish: Wish) -> str:
    """Draw the checklist and the permission; the id of the one chosen, empty where none covers the document."""
    st.html(report_panels.checklist(reporting.checks(wish)))
    covering = {one.id: (one, used) for one, used in reporting.covering(wish)}
    free = [one for one, (_, used) in covering.items() if not used]
    st.html(registers.section(words.PERMITTED, registers.paragraph(words.COVERED) if free else ""))
    chosen = ""
    if covering:
        chosen = st.selectbox(words.LEAVE, list(covering), key=f"reports:leave:{wish.document}:{wish.locality}",
                              format_func=lambda one: words.permission(one, covering[one][1]))  # fmt: skip
        st.html(registers.paragraph(covering[chosen][0].words))
    if not free:
        why = words.ALL_USED if covering else words.NOT_COVERED
        st.html(report_panels.to_grant(why, reporting.command_to_grant(wish), reporting.roles().approvers))
    return chosen


def _keys(wish: Wish, permission: str, role: str) -> None:
    try:
        if st.button(words.PREVIEW_KEY, key="make_preview"):
            with st.spinner(words.PREVIEWING):
                st.session_state[MADE] = (wish, reporting.preview(wish))
        if st.button(words.ISSUE_KEY, key="issue_report", type="primary", disabled=not permission):
            drawn = st.progress(0.0)

            def said(stage: str, share: float) -> None:
                drawn.progress(share, stage)

            left = reporting.issue(wish, permission, role, said)
            drawn.empty()
            st.session_state[LEFT], st.session_state[ISSUE] = (wish, left.issue), left.issue
    except reporting.Refused as refused:
        st.html(report_panels.refused(str(refused)))
    st.html(registers.paragraph(words.ISSUE_NOTE))


def _shown(wish: Wish) -> None:
    """What was just issued, and the preview, of the document that is still chosen."""
    (of, number), (about, made) = (st.session_state.get(key, (None, None)) for key in (LEFT, MADE))
    if of == wish and isinstance(number, str):
        st.html(report_panels.issued(number))
    if about == wish and isinstance(made, Preview):
        st.html(report_panels.preview(made))


def _log(snapshot: reads.Snapshot) -> None:
    entries = reporting.log()
    known = {one.id: one for one in reporting.permissions.everything(reads.data_dir())}
    st.html(report_panels.log(entries, known, reads.ask(snapshot, "localities")))
    numbers = list(dict.fromkeys(str(one["issue"]) for one in entries))
    if not numbers:
        return
    number = st.selectbox(words.FILES, numbers, index=None, key=ISSUE, placeholder=words.FILES_NONE, help=words.FILES_HELP)
    entry = next((one for one in entries if one["issue"] == number), None)
    if entry is None:
        return
    why, there = reporting.why_not(entry, list(known.values())), reporting.files(entry)
    if why or not there:
        st.html(registers.paragraph(words.NO_LONGER.format(why=why) if why else words.NO_FILES))
        return
    for ending, file in there.items():
        st.download_button(
            words.DOWNLOAD.format(format=words.FORMATS.get(ending, ending), issue=number), key=f"get_{number}_{ending}",
            data=reporting.for_download(entry, ending), file_name=file.name, on_click="ignore",
        )  # fmt: skip
