"""What can go wrong with numbers, and the exit code each kind gives.

A message says what is wrong, where, and what to do, and never quotes a row's value: file, column,
row numbers and counts only.
"""


class HarmError(Exception):
    """Base of every error this house raises on purpose; anything else is a bug."""

    exit_code = 1


class SettingsError(HarmError):
    """A policy, partnership or settings file does not say what it must."""

    exit_code = 3


class ContractError(HarmError):
    """One or more deliveries do not meet their contract. `faults` holds every one of them."""

    exit_code = 4

    def __init__(self, faults: list[str]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(self.faults))


class PlacesError(HarmError):
    """The boundaries cannot carry counts (none delivered, or not usable together)."""

    exit_code = 5


class WarehouseError(HarmError):
    """The private warehouse is missing, locked by another build, or does not add up."""

    exit_code = 6


class GateError(HarmError):
    """The gate refused to release: a promise about disclosure would not hold."""

    exit_code = 7


class KeyFault(GateError):
    """The secret rounding key is missing, unreadable, or not the one earlier months were rounded with."""

    exit_code = 8


class NoSnapshot(HarmError):
    """There is no released snapshot of that name, or none at all."""

    exit_code = 9


class SnapshotFault(HarmError):
    """A snapshot file is damaged or was made by a version this one cannot read."""

    exit_code = 10


class NotForThisAudience(HarmError):
    """An audience asked for something it may not have; the message says what it may."""

    exit_code = 11
