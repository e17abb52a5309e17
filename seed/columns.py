"""Columns of frames: coded terms, optional ids, and texts that repeat, none of them held row by row."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from seed.draws import Truth, Whole


def coded(positions: Whole, values: Iterable[str]) -> "pd.Categorical[str]":
    """Return a column of texts by their position in `values`; a vocabulary may be given as it is."""
    return pd.Categorical.from_codes(positions.astype(np.int16), categories=pd.Index([str(value) for value in values]))


def optional(numbers: Whole, given: Truth) -> pd.Series:
    """Return whole numbers that are null where not `given`."""
    return pd.Series(pd.arrays.IntegerArray(np.asarray(numbers, dtype=np.int64), ~np.asarray(given, dtype=bool)))
