"""Ages and years in the Party fall into the statistics' bands by completed years."""

from datetime import date

import pandas as pd
import pytest

from domain.bands import age_band, completed_years, party_age_band

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("1995-11-21", "00-30"),  # 30 until tomorrow
        ("1995-11-20", "31-35"),  # 31 today
        ("1965-11-21", "56-60"),
        ("1965-11-20", "61+"),
        ("2008-01-01", "00-30"),
        (None, "unknown"),
    ],
)
def test_age_band_turns_on_the_birthday(born, band):
    assert age_band(pd.Series(pd.to_datetime([born])), TODAY).tolist() == [band]


@pytest.mark.parametrize(
    ("joined", "band"),
    [("2026-11-20", "00-05"), ("2020-11-21", "00-05"), ("2020-11-20", "06-10"), ("1975-11-20", "51+"), (None, "unknown")],
)
def test_party_age_band_counts_completed_years(joined, band):
    assert party_age_band(pd.Series(pd.to_datetime([joined])), TODAY).tolist() == [band]


def test_leap_day_birthday_completes_its_year_on_the_first_of_march():
    born = pd.Series(pd.to_datetime(["2004-02-29"]))
    assert completed_years(born, date(2026, 2, 28)).tolist() == [21]
    assert completed_years(born, date(2026, 3, 1)).tolist() == [22]
