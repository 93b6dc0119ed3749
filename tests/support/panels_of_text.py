"""Small panels drawn in text: a line is a place, a character a period, oldest first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Drawn:
    """What a drawing says. counts is [places, periods], NaN where not collected; words is what each line ends with."""

    names: list[str]
    counts: NDArray[np.float64]
    words: list[str]


def drawn(text: str) -> Drawn:
    """Read `name 0123 4567 ?abc -> word`: 0-9 then a = 10 to z = 35, ? = not collected; blanks between years are free."""
    lines = [line for line in text.splitlines() if line.strip()]
    left, words = zip(*(line.partition("->")[::2] for line in lines), strict=True)
    names, periods = zip(*(line.strip().partition(" ")[::2] for line in left), strict=True)
    return Drawn(list(names), np.vstack([row(one) for one in periods]), [word.strip() for word in words])


def row(text: str) -> NDArray[np.float64]:
    """One place's periods."""
    return np.array([np.nan if one == "?" else DIGITS.index(one) for one in text if not one.isspace()], dtype=float)


def unchanged(places: int, periods: int, *, mean: float = 8.0, seed: int = 1) -> NDArray[np.float64]:
    """Places whose months differ by chance alone."""
    return np.random.default_rng(seed).poisson(mean, (places, periods)).astype(float)
