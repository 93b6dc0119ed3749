"""Whether a library this project is locked to has a security fault that is known: asked of the network, and said plainly.

    python -m benchmarks.known_faults

Ends with 0 when every library was looked up and none has one, 1 when one has, and 3 when nothing, or not everything, could
be looked up: nothing is then known either way.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"


def told(answer: dict[str, Any]) -> tuple[int, str]:
    """The exit code and the sentences for what pip-audit found."""
    libraries = answer["dependencies"]
    skipped = [one["name"] for one in libraries if "skip_reason" in one]
    wrong = [f"{one['name']} {one['version']}: {', '.join(fault['id'] for fault in one['vulns'])}"
             for one in libraries if one.get("vulns")]  # fmt: skip
    looked_up = len(libraries) - len(skipped)
    if wrong:
        return 1, "\n".join([f"{len(wrong)} of {looked_up} libraries have a known fault:", *wrong])
    if not looked_up:
        return 3, f"none of {len(libraries)} libraries could be looked up from this machine: nothing is known either way"
    if skipped:
        return 3, f"{looked_up} libraries looked up, none with a known fault; not looked up: {', '.join(skipped)}"
    return 0, f"{looked_up} libraries looked up, none with a known fault"


def main() -> int:
    """Ask, and say what came of it."""
    program = Path(sys.executable).with_name("pip-audit")
    how = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    asked = subprocess.run([program, "--requirement", LOCK, *how], capture_output=True, text=True)
    try:
        code, words = told(json.loads(asked.stdout))
    except (ValueError, KeyError):
        code, words = 3, "the libraries could not be looked up from this machine: nothing is known either way"
    print(words)
    return code


if __name__ == "__main__":
    sys.exit(main())
