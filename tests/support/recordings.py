"""What a meeting's forms bring, and the screen they are held to."""

from datetime import UTC, date, datetime
from typing import Any

from pipelines.gate.screening import screen as gate_screen
from pipelines.record import Wanted, new_token

DAY = date(2024, 2, 6)
NOW = datetime(2024, 2, 6, 14, 30, tzinfo=UTC)
RAG = {"place_id": "B01", "judged_on": DAY, "value": "red", "role": "Chair", "reason": "more fights near the shops"}
ACTION = {"place_id": "B01", "lead_agency": "Youth Service", "action": "walk the park after school", "status": "agreed",
          "updated_on": DAY}  # fmt: skip


def screen(text: str) -> Any:
    """The gate's screen, as a dashboard gives it to the store."""
    return gate_screen(text, places=["West", "East"], agencies=["Youth Service", "Council", "Chair"])


def wanted(feed: str, fields: dict[str, Any], **more: Any) -> Wanted:
    """A form of the meeting of West, with a token of its own unless one is given."""
    said: dict[str, Any] = {"role": "business_support", "token": new_token(), "locality": "west", "meeting_on": DAY}
    return Wanted(feed, fields, **(said | more))
