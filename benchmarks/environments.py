"""Environments of their own for peers that the project does not depend on."""

import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path


def peer_environment(name: str, packages: Sequence[str], *, needs: str = "") -> Path | str:
    """Python of an environment that has a peer, made if need be; or why it cannot be.

    name   of the peer and its version: one folder to each
    needs  a module that must be importable, where a package leaves libraries to the system
    """
    folder = Path(tempfile.gettempdir()) / f"safer-places-peers-{name}"
    python, finished = folder / "bin" / "python", folder / "finished"
    if finished.exists():
        return python
    try:
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(install, check=True, capture_output=True, text=True)
        if needs:
            subprocess.run([str(python), "-c", f"import {needs}"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        lines = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        return f"its environment could not be made: {lines[-1] if lines else error}"
    finished.touch()
    return python
