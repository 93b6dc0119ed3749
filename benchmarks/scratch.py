"""A rounding key for towns nobody keeps: what is measured never touches the key of whoever measures."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

KEY_FILE = "SAFER_PLACES_KEY_FILE"


@contextmanager
def own_key() -> Iterator[None]:
    """A key file of its own for the time being; the one named before stands again afterwards."""
    before = os.environ.get(KEY_FILE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[KEY_FILE] = f"{folder}/rounding.key"
        try:
            yield
        finally:
            os.environ.pop(KEY_FILE, None)
            if before is not None:
                os.environ[KEY_FILE] = before
