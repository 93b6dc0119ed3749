"""Who may record, and for which localities: asked anew for every entry, whatever the screen showed before."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import access

# Those who write a meeting's minutes, chair it, or manage the whole: by the roles people sign in with.
RECORDERS = ("business_support", "deputy_service_manager", "safer_options_manager")
# Where nobody signs in, the demo is shown to its manager.
OF_THE_DEMO = "safer_options_manager"


@dataclass(frozen=True)
class Recorder:
    """Somebody who may record. localities: those a grant names; empty for a manager who was granted no single one: all."""

    role: str
    localities: tuple[str, ...]

    def may_record_for(self, locality: str) -> bool:
        """Whether they may record for the meeting of a locality."""
        return not self.localities or locality in self.localities


def recorder() -> Recorder | None:
    """Whoever is looking, if they may record; null where they may not. Raises NotLetIn."""
    reader = access.who()
    if access.nobody_signs_in():
        return Recorder(OF_THE_DEMO, ()) if reader.audience.name == "manager" else None
    if reader.role not in RECORDERS or reader.audience.name == "board":
        return None
    return Recorder(reader.role, reader.localities)
