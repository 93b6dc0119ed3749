"""Publish: the gate rounds, the released side works out directions from what was rounded, the gate verifies and promotes."""

from pipelines.gate import snapshot
from pipelines.gate.snapshot import Published, Report
from pipelines.insight.directions import derive
from pipelines.settings import Settings


def publish(settings: Settings, *, report: Report = lambda stage, share: None) -> Published:
    """Release the warehouse as a snapshot with its directions: `gate.snapshot.publish` says what is promised and raised."""
    return snapshot.publish(settings, derive=derive, report=report)
