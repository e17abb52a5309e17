"""Rounding that every machine and either database agrees on."""

import numpy as np
import pandas as pd

NOISE = 6  # decimals that carry meaning; what lies beyond them is the noise of binary fractions


def half_up(values: pd.Series, decimals: int = 1) -> pd.Series:
    """Round to `decimals`, halves up: 79.95 → 80.0; NaN stays NaN. `decimals` is at most `NOISE`."""
    return pd.Series(halves_up(values.to_numpy(dtype=float, na_value=np.nan), decimals), index=values.index, name=values.name)


def halves_up(values: np.ndarray, decimals: int = 1) -> np.ndarray:
    """Round numbers as `half_up` does.

    The noise of binary fractions is taken off first, so that 79.95 counts as the half that it is written as.
    """
    settled = np.floor(values * 10**NOISE + 0.5)
    step = 10 ** (NOISE - decimals)
    return np.floor((settled + step / 2) / step) / 10**decimals
