"""What is said of signing in: to whoever is not let in, and to whoever is about where they stand.

Nothing here names the partnership, the town or a figure: it is read by people nobody knows.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from dashboard.wording import day

DEMO = "Demo: no sign-in"
SIGN_IN, SIGN_IN_TITLE = "Sign in", "Sign in to go on"
SIGN_IN_LINES = ("This is for people who were given access. Sign in with the account you use at work.",)
SIGN_OUT, SIGN_OUT_HELP = "Sign out", "Ends this sign-in in every tab."
ACCOUNT = "Signed in"
LOCALITY = "Whose locality"

REFUSED_TITLE = "You have no access"
ENDED_TITLE = "Your session has ended"
_ASK = "If you need it for your work, ask whoever keeps the access table; say what is written below."
_MEND = "Whoever looks after the service must mend it."
# By the codes of `pipelines.access` and `dashboard.signin.sessions`: a title, and what to do.
WHY: dict[str, tuple[str, tuple[str, ...]]] = {
    "not_signed_in": (SIGN_IN_TITLE, SIGN_IN_LINES),
    "signed_out": (ENDED_TITLE, ("You signed out, here or in another tab. Sign in to go on.",)),
    "too_long": (ENDED_TITLE, ("A sign-in lasts for one working day. Sign in again to go on.",)),
    "idle": (ENDED_TITLE, ("Nothing was touched for a while. Sign in again to go on.",)),
    "restarted": (ENDED_TITLE, ("The service was started again since you signed in. Sign in again to go on.",)),
    "token": (ENDED_TITLE, ("What your sign-in provider said is no longer good. Sign in again to go on.",)),
    "not_ours": (REFUSED_TITLE, ("What your sign-in provider said could not be understood here.", _ASK)),
    "unknown": (REFUSED_TITLE, ("You are signed in, but were not given access here, or it was taken away.", _ASK)),
    "expired": (REFUSED_TITLE, ("Your access has run out.", _ASK)),
    "no_role": (REFUSED_TITLE, ("You have no role here that shows anything.", _ASK)),
    "damaged": ("Nobody can be let in just now", ("Who may see what cannot be read.", _MEND)),
    "untold": ("Nothing can be shown just now", ("The record of use cannot be written.", _MEND)),
}
YOU_ARE = "Your subject, for whoever keeps the access table:"
NOT_FOR_YOU_TITLE, NOT_FOR_YOU = "Not for you to see", ("Your role is not shown this. Choose another page.",)

NOBODY_TITLE = "This snapshot needs sign-in"
NOBODY_STEPS = (
    "Nobody signs in here, and then only the made-up town or public figures are shown. These are neither.",
    "Whoever looks after the service can set up sign-in (docs/access.md) and start it again.",
    "A demo town made by an earlier version is made anew by these:",
    "safer-places demo",
    "safer-places build",
    "safer-places publish",
)

TERMS_TITLE = "Before the meeting"
TERMS_CONFIRM = "I confirm"
ROLES = {
    "practitioner": "Practitioner",
    "deputy_service_manager": "Deputy Service Manager",
    "families_in_focus_manager": "Area Families in Focus Manager",
    "intelligence_investigator": "Intelligence Investigator",
    "area_service_manager": "Area Service Manager",
    "safer_options_manager": "Safer Options Manager",
    "business_support": "Business Support",
    "board_reader": "Board reader",
    "data_steward": "Data Steward",
}


def why(code: str) -> tuple[str, Sequence[str]]:
    """Say why somebody is turned away, and what to do. A code that is not known is no access."""
    return WHY.get(code, WHY["unknown"])


def terms_of(locality: str, met_on: datetime.date | None) -> str:
    """Say which meeting the terms are confirmed for."""
    return f"{locality} locality meeting{f' of {day(met_on)}' if met_on else ''}"
