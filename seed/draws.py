"""Draws that are pure functions of a name and ids: no generator, no state, no clock, integers only.

`below(10, "dues", member_id, month)` is the same number on every machine and in every order of asking. The ids are
arrays that broadcast against each other; the answer has their common shape.
"""

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Whole = NDArray[np.int64]
Truth = NDArray[np.bool_]

MYRIAD = 10_000  # chances are given in ten-thousandths
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_THROWS = 4096
_SHARE = 1 << 20  # a row of shares is scaled to this


@lru_cache(maxsize=1000)
def _origin(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


def _bits(name: str, keys: tuple[ArrayLike, ...]) -> NDArray[np.uint64]:
    """Return 64 well-mixed bits for each combination of keys: splitmix64, a round for each key."""
    state = np.array([_origin(name)], dtype=np.uint64)
    for key in keys:
        state = state + (np.atleast_1d(key).astype(np.uint64) + np.uint64(1)) * _GOLDEN
        state = (state ^ (state >> np.uint64(30))) * _FIRST
        state = (state ^ (state >> np.uint64(27))) * _SECOND
        state = state ^ (state >> np.uint64(31))
    return state


def below(bound: ArrayLike, name: str, *keys: ArrayLike) -> Whole:
    """Return whole numbers from 0 to `bound` − 1, evenly; `bound` (1 to 2³¹) may be an array."""
    return (((_bits(name, keys) >> np.uint64(32)) * np.atleast_1d(bound).astype(np.uint64)) >> np.uint64(32)).astype(np.int64)


def chance(myriad: Whole | int, name: str, *keys: ArrayLike) -> Truth:
    """Return True in `myriad` of 10,000 cases."""
    return below(MYRIAD, name, *keys) < myriad


def bell(reach: int, name: str, *keys: ArrayLike) -> Whole:
    """Return whole numbers around 0, between −`reach` and `reach`, of a standard deviation of about a third of it."""
    first, second, third = (below(2 * reach + 1, f"{name}/{turn}", *keys) for turn in range(3))
    return (first + second + third) // 3 - reach


def pick(weights: ArrayLike, name: str, *keys: ArrayLike) -> Whole:
    """Return an index into `weights` (whole numbers), each in proportion to its weight."""
    ends = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(ends, below(int(ends[-1]), name, *keys), side="right").astype(np.int64)


def pick_by(shares: "Shares", rows: Whole, name: str, *keys: ArrayLike) -> Whole:
    """Return a column of `shares` for each of `rows`, in proportion to the row's shares."""
    return shares.column(rows, below(_SHARE, name, *keys))


class Dice:
    """Draws for things made one after the other: the n-th throw is a pure function of the name, the key and n."""

    def __init__(self, name: str, key: int) -> None:
        """Begin with the first throw."""
        self._name, self._key, self._thrown = name, key, 0
        self._ready: list[int] = []

    def below(self, bound: int) -> int:
        """Return the next whole number from 0 to `bound` − 1, evenly."""
        at = self._thrown % _THROWS
        if at == 0:
            self._ready = below(1 << 31, self._name, self._key, self._thrown + np.arange(_THROWS)).tolist()
        self._thrown += 1
        return self._ready[at] * bound >> 31


class Shares:
    """A table of shares: row by row the proportions of the columns, as whole numbers that add up to the same total."""

    def __init__(self, rows: list[list[float]]) -> None:
        """Take rows of proportions; each is scaled for itself, and a row of zeros gives the first column."""
        self._columns = len(rows[0])
        ends = []
        for number, row in enumerate(rows):
            total, run = sum(row) or 1.0, 0.0
            for share in row[:-1]:
                run += share
                ends.append(number * _SHARE + int(run * _SHARE / total))
            ends.append((number + 1) * _SHARE)
        self._ends = np.array(ends, dtype=np.int64)

    def column(self, rows: Whole, drawn: Whole) -> Whole:
        """Return the column that `drawn` (0 to 2²⁰ − 1) falls into, for each of `rows`."""
        return np.searchsorted(self._ends, rows * _SHARE + drawn, side="right").astype(np.int64) - rows * self._columns
