"""Whether a file under version control holds what looks like a secret and was not looked at yet.

    python -m benchmarks.leaked_secrets          # ends with 1 where one does
    python -m benchmarks.leaked_secrets --keep   # every finding was looked at, and is none

What was looked at stands in `.secrets.baseline` as file, kind and hash, wherever in the file it moves to.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.core import baseline
from detect_secrets.settings import default_settings

BASELINE = Path(".secrets.baseline")
# Nothing but hashes and figures.
LEFT_OUT = ("requirements.lock", BASELINE.name, "docs/figures/", "docs/screens/")


def scan() -> SecretsCollection:
    """Every finding in the files under version control."""
    files = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True).stdout.split("\0")
    found = SecretsCollection()
    for file in files:
        if file and not file.startswith(LEFT_OUT) and Path(file).is_file():
            found.scan_file(file)
    return found


def main() -> int:
    """Scan, and keep what was found as looked at, or compare with what was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    with default_settings():
        found = scan()
        if asked.keep:
            kept = baseline.format_for_output(found, is_slim_mode=True)
            BASELINE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            return 0
    known = baseline.load(baseline.load_from_file(str(BASELINE)), str(BASELINE))
    new = sorted({(file, secret.type) for file, secret in found - known})
    for file, kind in new:
        print(f"{file}: looks like a secret ({kind}): take it out, or `make secrets` once it was looked at and is none")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
