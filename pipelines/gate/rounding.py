"""Keyed random rounding: the one thing that turns a private count into one that may be released.

    u = HMAC-SHA256(key, cell id) / 2^256        depends on the cell's identity only, never on the data
    y = base * floor(x / base) + base * [u < (x mod base) / base]

so E[y] = x with variance r * (base - r), r = x mod base. The same cell and the same key give the same
u for ever: a count that has not changed is not rounded anew, and one that has moves only because x did.
Random rounding to base 3 is what national statistics offices publish small counts with (Statistics
New Zealand and Statistics Canada for their censuses).
"""

import hashlib
import hmac
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

SMALLEST_BASE = 3
_DIGEST_STEPS = 2.0**64


def round_cells(counts: ArrayLike, cell_ids: Sequence[str], *, key: bytes, base: int) -> NDArray[np.int64]:
    """Round each cell's count to a multiple of `base`, up or down by its own keyed draw.

    counts    whole numbers, 0 or more, one per cell
    cell_ids  the identity of each cell as text (epoch, feed, measure, area, harm group, period)
    key       the secret; at least 32 bytes
    returns   multiples of `base`, same order; a count already a multiple is returned as it is

    Raises ValueError when the base is under 3, the key is short, a count is negative or not whole,
    lengths differ, or an id stands twice (the same cell would be released twice).
    """
    exact = np.asarray(counts)
    if base < SMALLEST_BASE:
        raise ValueError(f"the rounding base must be at least {SMALLEST_BASE}")
    if len(key) < 32:
        raise ValueError("the rounding key must be at least 32 bytes")
    if exact.ndim != 1 or len(exact) != len(cell_ids):
        raise ValueError("there must be one cell id for each count")
    if len(set(cell_ids)) != len(cell_ids):
        raise ValueError("a cell id stands twice; each cell is rounded once")
    if exact.size and (np.any(exact < 0) or np.any(exact != np.floor(exact))):
        raise ValueError("counts must be whole numbers of 0 or more")
    whole = exact.astype(np.int64)
    below, remainder = np.divmod(whole, base)
    for place in np.flatnonzero(remainder):
        if _draw(cell_ids[int(place)], key) < remainder[place] / base:
            below[place] += 1
    return below * base


def _draw(cell_id: str, key: bytes) -> float:
    """The cell's own number in [0, 1): the first 64 bits of its HMAC, which is more than a double holds."""
    digest = hmac.digest(key, cell_id.encode("utf-8"), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") / _DIGEST_STEPS
