"""Where things are: the data directory, the shipped defaults, and the rounding key outside both."""

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.policy import Partnership, Policy, load_partnership, load_policy

SHIPPED = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True)
class Settings:
    """One data directory, with its own files laid over the shipped ones, file by file."""

    data_dir: Path

    def own_or_shipped(self, *parts: str) -> Path:
        """The data directory's own copy of a settings file, or the shipped one where it has none."""
        own = self.data_dir.joinpath(*parts)
        return own if own.exists() else SHIPPED.joinpath(*parts)

    @property
    def policy(self) -> Policy:
        return load_policy(self.own_or_shipped("policy.toml"))

    @property
    def partnership(self) -> Partnership:
        return load_partnership(self.own_or_shipped("partnership.toml"))

    @property
    def boundaries(self) -> Path:
        return self.data_dir / "boundaries"

    @property
    def deliveries(self) -> Path:
        return self.data_dir / "deliveries"

    @property
    def warehouse(self) -> Path:
        return self.data_dir / "warehouse" / "warehouse.duckdb"

    @property
    def snapshots(self) -> Path:
        return self.data_dir / "snapshots"

    @property
    def key_file(self) -> Path:
        """The secret rounding key: never inside the data directory, so that a copy of one lacks the other."""
        named = os.environ.get("SAFER_PLACES_KEY_FILE")
        if named:
            return Path(named).expanduser()
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        return Path(home) / "safer-places" / "rounding.key"
