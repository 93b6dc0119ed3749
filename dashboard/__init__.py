"""What people see: pages drawn from a released snapshot. No SQL, no statistics, no thresholds."""

from pathlib import Path

# How the server tells the pages which data directory to read: an address bar must not be able to.
DATA_DIR_VARIABLE = "SAFER_PLACES_DATA_DIR"
DEFAULT_DATA_DIR = Path(__file__).parents[1] / "data" / "demo"
