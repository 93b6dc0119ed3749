"""What one released cell leaves possible: exactly, from every value it was ever released with.

A count x released as y to base b came through an unknown draw u in [0, 1), common to every release of the cell.
Only g = floor(u * b) matters: given g, the counts that give y are the whole numbers from y - (b - 1) + g to y + g,
none under 0. So one look leaves 2b - 1 counts, or b where y is 0; looks at the same count through two draws leave
those in both, which is how a past that is rounded twice leaks.
"""

from collections.abc import Sequence
from functools import cache
from itertools import product

# (version of the count, number of the draw, base, released value)
Look = tuple[int, int, int, int]
# One way the draws may have fallen: for each version its least and most.
State = tuple[tuple[int, int], ...]


def window(value: int, base: int, grid: int) -> tuple[int, int]:
    """The least and most counts that give `value` when the draw lies in [grid / base, (grid + 1) / base)."""
    return max(0, value - (base - 1) + grid), value + grid


@cache
def states(looks: tuple[Look, ...], known: tuple[tuple[int, int], ...] = ()) -> tuple[State, ...]:
    """Every way the cell's draws may have fallen, with the window each leaves for each version of its count.

    looks  each release of one cell
    known  (version, count) pairs the attacker knows exactly
    returns  one state per consistent set of draws, versions in ascending order; none when the looks contradict
    """
    versions = sorted({look[0] for look in looks})
    draws = sorted({look[1] for look in looks})
    # Two releases of one draw are to one base: another base is another draw.
    grids = [range(next(base for _, mine, base, _ in looks if mine == draw)) for draw in draws]
    told = dict(known)
    found = set()
    for chosen in product(*grids):
        grid = dict(zip(draws, chosen, strict=True))
        state = tuple(_box(version, looks, grid, told.get(version)) for version in versions)
        if all(low <= high for low, high in state):
            found.add(state)
    return tuple(sorted(found))


def _box(version: int, looks: Sequence[Look], grid: dict[int, int], told: int | None) -> tuple[int, int]:
    mine = [window(value, base, grid[draw]) for one, draw, base, value in looks if one == version]
    low, high = max(low for low, _ in mine), min(high for _, high in mine)
    return (low, high) if told is None else (max(low, told), min(high, told))


@cache
def possible(looks: tuple[Look, ...], known: tuple[tuple[int, int], ...] = ()) -> tuple[frozenset[int], ...]:
    """The counts possible for each version of one cell, versions in ascending order, from its own looks alone."""
    found = states(looks, known)
    versions = len({look[0] for look in looks})
    return tuple(
        frozenset(count for state in found for count in range(state[at][0], state[at][1] + 1)) for at in range(versions)
    )
