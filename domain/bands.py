"""Bands that the statistics put people into: age and years in the Party, counted in completed years."""

from datetime import date

import numpy as np
import pandas as pd

from domain.vocabulary import AgeBand, PartyAgeBand, Term

_AGES = (30, 35, 40, 45, 50, 55, 60)  # the last age of each band but the last
_YEARS = (5, 10, 20, 30, 50)


def completed_years(since: pd.Series, today: date) -> pd.Series:
    """Return the whole years from each day (datetime64) to `today`; NaN where the day is missing."""
    early = (since.dt.month > today.month) | ((since.dt.month == today.month) & (since.dt.day > today.day))
    return today.year - since.dt.year - early.astype(int).where(since.notna())


def age_band(birth: pd.Series, today: date) -> pd.Series:
    """Return the `AgeBand` code (str) of each birth date (datetime64); "unknown" where missing."""
    return _banded(completed_years(birth, today), _AGES, AgeBand)


def party_age_band(joined: pd.Series, today: date) -> pd.Series:
    """Return the `PartyAgeBand` code (str) of each date of joining (入党日期, datetime64); "unknown" where missing."""
    return _banded(completed_years(joined, today), _YEARS, PartyAgeBand)


def _banded(years: pd.Series, last_of_band: tuple[int, ...], terms: type[Term]) -> pd.Series:
    numbers = years.to_numpy(dtype=float, na_value=np.nan)
    place = np.searchsorted(np.array(last_of_band), numbers)
    place[np.isnan(numbers)] = len(last_of_band) + 1  # the unknown come last
    codes = np.array([term.value for term in terms], dtype=object)
    return pd.Series(codes[place], index=years.index, dtype="str")
