"""What can go wrong with a place, one class per thing the reader can mend.

A message says what is wrong, where, and what to do. It names files, properties and area ids, never a
coordinate: a coordinate in a log can be somebody's front door.
"""


class GeoError(Exception):
    """Base of every error the geo house raises on purpose."""

    exit_code = 20


class CRSMissing(GeoError):
    """A layer does not say which coordinate reference system it is in."""

    exit_code = 21


class CRSMismatch(GeoError):
    """Two layers differ in CRS, or a layer is not in metres, or it declares degrees and holds metres."""

    exit_code = 22


class UnreadableBoundary(GeoError):
    """A boundary file cannot be read as one row per polygon version."""

    exit_code = 23


class InvalidBoundary(GeoError):
    """Boundaries were read but cannot be used; `faults` holds every reason found, not only the first."""

    exit_code = 24

    def __init__(self, faults: list[str]) -> None:
        self.faults = list(faults)
        noun = "fault" if len(self.faults) == 1 else "faults"
        super().__init__(f"{len(self.faults)} {noun} in the boundaries:\n" + "\n".join(f"- {f}" for f in self.faults))


class PartitionError(GeoError):
    """Areas cannot be cut, compared or looked up as asked."""

    exit_code = 25
