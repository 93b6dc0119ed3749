"""The clock of what people see: what time it is, and how much of it went by. Nobody else here looks at one."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The time it is, as the machine has it: it may be set, forwards or back."""
    return datetime.now(UTC)


def elapsed() -> float:
    """Seconds since some moment: whatever the machine's clock is set to, they only go on."""
    return time.monotonic()
