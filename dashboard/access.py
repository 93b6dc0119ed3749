"""Who the screen is shown to. The one place that decides it; nothing a browser sends is asked."""

from __future__ import annotations

from dashboard.reads import Audience

# Until people sign in there is nobody to tell apart, and the dashboard is served to the machine of the manager
# who started it. Sign-in replaces this line; no setting, variable or address does.
SHOWN_TO = Audience("manager")


def audience() -> Audience:
    """The audience of this run."""
    return SHOWN_TO
