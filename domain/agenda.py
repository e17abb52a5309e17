"""When the items of an agenda are to be done: overdue, within a week, within two, or whenever it can be."""

import numpy as np
import pandas as pd

from domain.vocabulary import Term

WEEK, DAYS = 7, 14  # days from today: what is due first, and how far ahead an agenda looks


class When(Term):
    """The groups of an agenda, in its order."""

    OVERDUE = "overdue", "已逾期"
    THIS_WEEK = "this_week", f"{WEEK} 天内"
    NEXT_WEEK = "next_week", f"{DAYS} 天内"
    SOON = "soon", "尽早"  # a light without a deadline, or with one further ahead


def when(days_left: pd.Series) -> pd.Series:
    """Group items by their days left (negative: overdue; NaN without a deadline): a `When` each (str)."""
    bounds = [days_left < 0, days_left <= WEEK, days_left <= DAYS]
    groups = np.select(bounds, [When.OVERDUE.value, When.THIS_WEEK.value, When.NEXT_WEEK.value], When.SOON.value)
    return pd.Series(groups, index=days_left.index, dtype="str")
