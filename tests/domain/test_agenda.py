"""An agenda's groups and their boundaries."""

import pandas as pd

from domain.agenda import When, when


def test_items_are_grouped_by_the_week_in_which_they_fall_due() -> None:
    days = [-1, 0, 7, 8, 14, 15, float("nan")]
    groups = [When.OVERDUE, When.THIS_WEEK, When.THIS_WEEK, When.NEXT_WEEK, When.NEXT_WEEK, When.SOON, When.SOON]
    assert when(pd.Series(days)).tolist() == groups


def test_no_items_have_no_groups() -> None:
    assert when(pd.Series([], dtype=float)).empty
