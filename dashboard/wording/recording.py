"""Words for recording: what a meeting decides, and why something was not recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dashboard import wording
from dashboard.wording import meeting, meeting_card
from dashboard.wording.directions import list_of

TITLE, OPEN, CLOSE = "Record", "Record", "Stop recording"
SAVE, BACK, DISCARD = "Save (Ctrl+Enter)", "Back, keep the draft", "Throw this draft away"
ENTRIES = "Recorded at this meeting"
CORRECT, MISTAKE, SURE, KEEP_IT = "Correct", "Recorded by mistake", "Yes, take it back", "No, it stands"
KINDS = {
    "status": "Status and lead", "rag": "RAG", "action": "Action", "action_update": "Action: how it stands",
    "goal": "Safety goal", "strength": "Strength or gap", "concern": "Emerging concern", "edge": "Lead across the edge",
    "step_up": "Step up", "agenda": "Agenda for next time",
}  # fmt: skip
THIS_MEETING = "this meeting"
LABELS = {
    "status": "Status", "lead_agency": "Lead agency", "lead_role": "Lead role", "report_back_on": "Reports back",
    "threshold": "Threshold", "reason": "Why, in a sentence", "value": "RAG", "role": "Whose view: role",
    "action": "Action: what will be done", "aim": "Aim: what it is for", "success": "Success: how we will know",
    "due_on": "By when", "entry": "Which action", "dropped_because": "If dropped: why", "goal": "Safety goal",
    "what_safer_looks_like": "What safer looks like", "developed_with": "Made with", "review_on": "Review",
    "kind": "What it is", "note": "What is good here, or not yet known", "harm_group": "Kind of harm",
    "lead_locality": "Which locality leads", "shared_with": "Shared with", "visible_from": "May be shown from",
    "for_meeting_on": "For the meeting of", "presenter_role": "Who presents it", "item": "What is to be talked about",
}  # fmt: skip
DEVELOPED_WITH = ("young people", "families", "community", "practitioners")
CHOOSE, DAY_PROMPT = "Choose", "Choose, or write 3/11/2026"
HELP_DAY = "A day of a meeting to come, or any day: 3/11/2026."
KEYS = (
    "Choose by its number. In a form, Ctrl and Enter saves and Esc leaves a field. Write places, agencies and roles, never "
    "the name of a person."
)
STEP_UP_NOTE = "Until the day you name, every page says only: led elsewhere, ask the chair. With no day, it stays so."
AGENDA_NOTE = "With no day, it stands on the agenda of the next meeting. It is gone when that meeting is over."
NOTES = {"step_up": STEP_UP_NOTE, "agenda": AGENDA_NOTE}  # said above the form of a kind
NO_ACTIONS = "No open action is recorded for this place."
NEEDED = "is needed"
NO_DAY = "is not a day: write it as 3/11/2026"
LOOK_AGAIN = "Nothing was recorded yet. Look again at what is marked."
HELD = {
    "refused": "Nothing was recorded: some words could tell who somebody is. Write them again. Your draft is kept here.",
    "waits": (
        "Nothing was recorded yet: some words may tell who somebody is. Write them again. If they must stand as they are, "
        "save once more: the rest is recorded, and these words go to the data steward, who decides."
    ),
}
TO_THE_STEWARD = "Some of its words go to the data steward with the next build. Nobody sees them before the steward decides."
WHY_HELD = {
    "phone": "a telephone number", "email": "an e-mail address", "postcode": "a postcode", "link": "a web address",
    "street_address": "an address", "long_number": "a long number", "vehicle_registration": "a car's number plate",
    "handle": "a name used online", "driving_licence": "a driving licence", "initials_and_age": "initials and an age",
    "title_and_surname": "a title and a surname", "nhs_number": "an NHS number", "pupil_number": "a pupil number",
    "national_insurance_number": "a National Insurance number", "group_name": "the name of a group",
    "case_reference": "a case reference", "date_of_birth": "a date of birth",
    "place_that_is_a_name": "a place that is also a name", "nickname": "may be a nickname",
    "capitalised_word": "a capital, so it may be a name", "unusual_character": "a letter that is not read here",
    "initials": "may be somebody's initials", "the_only_one": "may point at one person",
    "unknown_word": "not a word we know: it may be a name", "name_that_is_a_word": "may be a name",
    "hidden_character": "a letter that cannot be seen", "quasi_identifiers": "said together, these may tell who it is",
}  # fmt: skip
NOT_YOURS = "Nothing was recorded: your role, or this locality, is not one you may record for."
UNTOLD = "Nothing was recorded: the record of use cannot be written. Your draft is kept here; save it again in a while."
NOT_NOW = "Nothing was recorded, and the reason is one for whoever looks after the service. Your draft is kept here."
ONE_A_DAY = "Nothing was recorded yet. One entry of this kind stands for this place and day already."
BOTH_KEPT = "Somebody else recorded the same thing a moment before. Both are kept; yours stands now."
CANNOT_READ = (
    "What this meeting recorded cannot be read just now, so it is not on the screen. Nothing that was saved is lost."
)
NONE_YET = "Nothing is recorded at this meeting yet."


def weekday(day: date) -> str:
    """Say a day with its weekday, as in the list of days to choose from."""
    return f"{day:%A} {wording.day(day)}"


def heading(place: str) -> str:
    """Say what is being recorded of."""
    return f"{TITLE}: {place}"


def of_meeting(locality: str, on: date) -> str:
    """Say of which meeting it is recorded."""
    return f"For the {locality} meeting of {weekday(on)}."


def correcting(number: int) -> str:
    """Say that a form corrects what stands."""
    return f"You are correcting number {number}. Both stay in its history."


def kept_drafts(named: Sequence[str]) -> str:
    """Say which forms were begun and not saved."""
    return f"Not saved yet: {list_of(list(named))}."


def draft_of(kind: str, place: str) -> str:
    """Name one draft."""
    return f"{kind} ({place})"


def recorded(number: int, kind: str, place: str) -> str:
    """Say that an entry stands."""
    return f"Recorded as number {number}: {kind}{f', {place}' if place else ''}."


def meanwhile(kinds: Sequence[str]) -> str:
    """Say what somebody else recorded of the same place while this was written."""
    return f"While you wrote, this was recorded here too: {list_of(list(kinds))}. Both are kept; look at the card."


def taken_back(number: int) -> str:
    """Say that an entry stands no more."""
    return f"Number {number} is taken back. It stays in the history as recorded by mistake."


def already(number: int) -> str:
    """Say that what was sent before did arrive."""
    return f"What you sent before stands as number {number}, in other words. Save again to correct it to these."


def failed(why: str) -> str:
    """Say that the store did not take an entry, and what becomes of the draft."""
    return f"{why[:1].upper()}{why[1:]}. Your draft is kept here."


def stands_already(text: str) -> str:
    """Say what another entry says that would no longer be shown."""
    return f"stands already and says: {text} Write both as one, or save again to put yours in its place"


def in_words(fault: str) -> str:
    """Say what the register says of a column, with its columns called what the form calls them."""
    return fault.replace("moved_on", "the day it moved").replace("_", " ")


def of_the_whole(fault: str) -> str:
    """Say what is wrong with an entry as a whole."""
    return f"The entry {fault}."


def fault(label: str, what: str) -> str:
    """Say what is wrong with one thing a form asks for."""
    return f"{label} {what}."


def held(word: str, kind: str) -> str:
    """Say which words hold an entry back, and why: to its author alone, under the field they stand in."""
    return f"“{word}”: {WHY_HELD.get(kind, kind.replace('_', ' '))}."


def joined(parts: Sequence[str]) -> str:
    """Say several choices as one text."""
    return ", ".join(parts)


def mark(is_this_meeting: bool, on: str) -> str:
    """Say since when something stands that no published figure holds yet."""
    return THIS_MEETING if is_this_meeting else f"recorded {meeting.day(on)}"


def marked(mark: str, said: str) -> str:
    """An entry of a place with its mark before it, as a line of its own."""
    return f"{mark[:1].upper()}{mark[1:]}: {said}"


def line(number: int, place: str, said: str, role: str, time: str) -> str:
    """One entry of a meeting, in its list."""
    return f"{number}, {place}: {said} Recorded by {role}, {time}."


def summary(code: str, said: Mapping[str, str]) -> str:
    """Say an entry in a line. said: its columns, with the words of the vocabularies in place of codes."""
    parts = {
        "status": f"Status: {said.get('status', '')}.{_lead(said)}{_back(said)}{_why(said)}",
        "step_up": f"Status: {said.get('status', '')}.{_lead(said)}{_why(said)}",
        "rag": f"RAG: {said.get('value', '').lower()}, {said.get('role', '')}.{_why(said)}",
        "action": f"Action: {said.get('lead_agency', '')}: {_ended(said.get('action', ''))}{_by(said)}",
        "action_update": f"Action: {said.get('status', '').lower()}.{_by(said)}",
        "goal": f"Safety goal: {_ended(said.get('goal', ''))}",
        "strength": f"{said.get('kind', '')}: {_ended(said.get('note', ''))}",
        "concern": f"Concern: {said.get('harm_group', '')}: {_ended(said.get('reason', ''))}",
        "edge": f"Lead across the edge: {said.get('lead_locality', '')}, shared with {said.get('shared_with', '')}.",
        "agenda": f"{meeting_card.for_agenda(said.get('for_meeting_on'))}: {_ended(said.get('item', ''))}{_presents(said)}",
    }
    return parts.get(code, "")


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _lead(said: Mapping[str, str]) -> str:
    who = [said[name] for name in ("lead_agency", "lead_role") if said.get(name)]
    return f" Led by {', '.join(who)}." if who else ""


def _back(said: Mapping[str, str]) -> str:
    return f" Reports back {said['report_back_on']}." if said.get("report_back_on") else ""


def _by(said: Mapping[str, str]) -> str:
    return f" By {said['due_on']}." if said.get("due_on") else ""


def _presents(said: Mapping[str, str]) -> str:
    return f" {meeting_card.presents(said['presenter_role'])}." if said.get("presenter_role") else ""


def _why(said: Mapping[str, str]) -> str:
    reason = said.get("reason", "")
    return f" {_ended(reason[:1].upper() + reason[1:])}" if reason else ""
